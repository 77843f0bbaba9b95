import { inspect } from 'node:util'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type EmitterOptions, type Logger, StoreError } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { runProgram } from './run-program.ts'
import { createPush, subject } from './samples.ts'

interface Line {
  readonly level: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A logger of the kind that needs its `this`. */
class RecordingLogger implements Logger {
  readonly #lines: Line[] = []

  get lines(): readonly Line[] {
    return this.#lines
  }

  debug(fields: object, message: string): void {
    this.#lines.push({ level: 'debug', fields: { ...fields }, message })
  }

  info(fields: object, message: string): void {
    this.#lines.push({ level: 'info', fields: { ...fields }, message })
  }

  warn(fields: object, message: string): void {
    this.#lines.push({ level: 'warn', fields: { ...fields }, message })
  }

  error(fields: object, message: string): void {
    this.#lines.push({ level: 'error', fields: { ...fields }, message })
  }
}

async function openLogged(options: Partial<EmitterOptions> = {}) {
  const logger = new RecordingLogger()
  return { logger, emitter: await open({ logger, retry: { delaysMs: [0] }, ...options }) }
}

test('a delivery is logged step by step, at the level of debug', async () => {
  const { emitter, logger } = await openLogged()
  const receiver = await receive()
  const { id: subscriptionId } = await emitter.subscriptions.create({ subject, url: `${receiver.url}hook` })
  const { eventId, deliveries } = await emitter.emit(createPush(), { depth: 2 })
  await emitter.idle()
  const deliveryId = deliveries[0]?.id
  const lane = new URL(receiver.url).origin
  expect(logger.lines).toMatchObject([
    {
      level: 'debug',
      message: 'event emitted',
      fields: { eventId, eventKey: 'repo:push', depth: 2, deliveryCount: 1, skippedCount: 0 },
    },
    {
      level: 'debug',
      message: 'attempt ended',
      fields: {
        event: 'attempted',
        deliveryId,
        subscriptionId,
        eventId,
        lane,
        word: 'http.2xx',
        status: 200,
      },
    },
    { level: 'debug', message: 'delivered', fields: { event: 'delivered', deliveryId, subscriptionId } },
  ])
})

test('what is given up and what is disabled are warnings', async () => {
  const { emitter, logger } = await openLogged()
  const receiver = await receive({ answers: [{ kind: 'status', status: 410 }] })
  const { id: subscriptionId } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const deliveryId = await deliver(emitter)
  await emitter.idle()
  expect(logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { message: 'delivery exhausted', fields: { deliveryId, reason: 'attempts' } },
    { message: 'subscription disabled', fields: { subscriptionId, reason: 'gone' } },
  ])
})

test('an event in a loop is a warning', async () => {
  const { emitter, logger } = await openLogged()
  await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/' })
  await emitter.emit(createPush(), { depth: 11 })
  expect(logger.lines).toMatchObject([
    { level: 'warn', message: 'event in a loop', fields: { depth: 11, deliveryCount: 0, skippedCount: 1 } },
  ])
})

test('a queue that is parked and one that goes on are information', async () => {
  const { emitter, logger } = await openLogged({ breaker: { failureCount: 1 } })
  const receiver = await receive({ answers: [failing] })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await emitter.idle()
  await emitter.ping(id, { wait: true })
  const scope = `subscription:${id}`
  expect(logger.lines.filter(({ level }) => level === 'info')).toMatchObject([
    { message: 'queue parked', fields: { scope, cause: 'breaker' } },
    { message: 'queue recovered', fields: { scope } },
  ])
})

test('a listener that fails is an error, also one of the failures of others', async () => {
  const { emitter, logger } = await openLogged()
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  emitter.on('delivered', () => {
    throw new TypeError('planted')
  })
  emitter.on('listener-error', () => Promise.reject(new RangeError('planted')))
  await deliver(emitter)
  await emitter.idle()
  expect(logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
    {
      message: 'listener failed',
      fields: { listener: 'delivered', error: { name: 'TypeError', stack: expect.any(Array) } },
    },
    { message: 'listener failed', fields: { listener: 'listener-error', error: { name: 'RangeError' } } },
  ])
})

test('a fault of the engine is a warning, with the code and the message of an error of ours', async () => {
  let isFailing = true
  const cause = new SyntaxError('Unexpected token in "planted"')
  const error = new StoreError({ code: 'store.failed', message: 'The disk is gone.', cause })
  const store = createWatchedStore(createMemoryStore(), ({ method }) => {
    if (method !== 'claim' || !isFailing) return
    isFailing = false
    throw error
  })
  const { emitter, logger } = await openLogged({ store })
  await new Promise((resolve) => emitter.on('warning', resolve))
  expect(logger.lines).toMatchObject([
    {
      level: 'warn',
      message: 'warning',
      fields: {
        kind: 'engine-fault',
        activity: 'claim',
        error: {
          code: 'store.failed',
          message: 'The disk is gone.',
          cause: { name: 'SyntaxError', stack: expect.any(Array) },
        },
      },
    },
  ])
  expect(inspect(logger.lines, { depth: null })).not.toContain('planted')
})

test.for([
  [
    'that throws',
    {
      debug: () => {
        throw new Error('full')
      },
    },
  ],
  ['whose promise rejects', { debug: () => Promise.reject(new Error('full')) }],
  ['with a single level', { error: () => {} }],
] as const)('a logger %s disturbs nothing', async ([, logger]) => {
  const emitter = await open({ logger })
  const told: string[] = []
  emitter.on('delivered', () => void told.push('delivered'))
  emitter.on('listener-error', () => void told.push('listener-error'))
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const id = await deliver(emitter)
  await emitter.idle()
  expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered' })
  expect(told).toEqual(['delivered'])
})

test('the console is a logger', async () => {
  await expect(open({ logger: { warn: console.warn, error: console.error } })).resolves.toBeDefined()
  await expect(open({ logger: console })).resolves.toBeDefined()
})

test.for(['loud', {}, { warn: 'yes' }, () => {}])('%s is refused as a logger', async (logger) => {
  await expect(open({ logger: logger as never })).rejects.toMatchObject({
    code: 'option.invalid',
    field: 'logger',
  })
})

describe('the log never shows', () => {
  const planted = 'p1anted'

  test('a secret, a body, or the path or query of a URL', async () => {
    const { emitter, logger } = await openLogged({ breaker: { failureCount: 1 } })
    const receiver = await receive({
      answers: [{ kind: 'status', status: 500, body: planted, headers: { [planted]: planted } }],
    })
    for (const event of ['attempted', 'parked', 'exhausted', 'warning'] as const) {
      emitter.on(event, (told) => {
        throw new Error(`${planted} ${inspect(told, { depth: null })}`)
      })
    }
    const url = `${receiver.url}${planted}?token=${planted}`
    const { id } = await emitter.subscriptions.create({ subject, title: planted, url, secret: planted })
    await emitter.subscriptions.update(id, { skipCertificateVerification: true })
    await deliver(emitter)
    await emitter.idle()
    await emitter.ping(id, { wait: true })
    expect(new Set(logger.lines.map(({ level }) => level))).toEqual(
      new Set(['debug', 'info', 'warn', 'error']),
    )
    const printed = inspect(logger.lines, { depth: null, showHidden: true }) + JSON.stringify(logger.lines)
    expect(printed).not.toContain(planted)
  })

  test('a resolved address above the level of debug', async () => {
    const { emitter, logger } = await openLogged({
      breaker: { failureCount: 1 },
      resolver: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    })
    const receiver = await receive()
    await receiver.close()
    const url = `http://ci.example.com:${receiver.port}/`
    await emitter.subscriptions.create({ subject, url })
    await deliver(emitter)
    await emitter.idle()
    const isDebug = ({ level }: Line) => level === 'debug'
    expect(inspect(logger.lines.filter(isDebug), { depth: null })).toContain('127.0.0.1')
    const others = logger.lines.filter((line) => !isDebug(line))
    expect(others.map(({ message }) => message)).toEqual(['queue parked', 'delivery exhausted'])
    expect(inspect(others, { depth: null })).not.toContain('127.0.0.1')
  })
})

test('without a logger and without listeners nothing is printed, whatever goes wrong', async () => {
  const program = `
    const emitter = await startEmitter({ retry: { delaysMs: [0] } })
    await emitter.subscriptions.create({ subject, url: 'https://127.0.0.1:65535/', skipCertificateVerification: true })
    emitter.on('attempted', () => { throw new Error('no') })
    await emitter.emit(createPush())
    await emitter.idle()
    await emitter.stop()`
  expect(await runProgram(program)).toEqual({ code: 0, output: '', errors: '' })
})

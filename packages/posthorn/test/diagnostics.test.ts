import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import {
  type AttemptedEvent,
  type AttemptTrace,
  bitbucketDialects,
  createMemoryStore,
  type EmitTrace,
} from '../src/index.ts'
import { attemptsOf, deliver, failing, open, receive } from './delivery-fixture.ts'
import { runProgram } from './run-program.ts'
import { createPush, repository, subject } from './samples.ts'

type Told<Message> = readonly [step: string, message: Message]

/** What a tracing channel tells while the test runs: each step, with what is in its object by then. */
function trace<Message extends object>(name: string): Told<Message>[] {
  const told: Told<Message>[] = []
  const tell = (step: string) => (message: unknown) => void told.push([step, { ...(message as Message) }])
  const steps = {
    start: tell('start'),
    end: tell('end'),
    asyncStart: tell('asyncStart'),
    asyncEnd: tell('asyncEnd'),
    error: tell('error'),
  }
  const channel = tracingChannel(name)
  channel.subscribe(steps)
  onTestFinished(() => channel.unsubscribe(steps))
  return told
}

function listen(name: string): AttemptedEvent[] {
  const told: AttemptedEvent[] = []
  const listener = (message: unknown): void => void told.push(message as AttemptedEvent)
  subscribe(name, listener)
  onTestFinished(() => void unsubscribe(name, listener))
  return told
}

const isEnd = ([step]: Told<unknown>): boolean => step === 'asyncEnd'

test('an emit is traced from its event to its receipt', async () => {
  const emitter = await open()
  const told = trace<EmitTrace>('posthorn:emit')
  await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/' })
  const receipt = await emitter.emit(createPush({ id: 'push-1' }), { depth: 3 })
  expect(told.map(([step]) => step)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  const started = { eventKey: 'repo:push', eventId: 'push-1', repositoryId: repository.uuid, depth: 3 }
  expect(told[0]?.[1]).toEqual(started)
  expect(told.at(-1)?.[1]).toEqual({ ...started, result: receipt })
})

test('an emit that the store refuses is traced with its error', async () => {
  const emitter = await open()
  const told = trace<EmitTrace>('posthorn:emit')
  await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/' })
  const emitting = emitter.emit(createPush(), { transaction: {} as never })
  await expect(emitting).rejects.toMatchObject({ code: 'store.transaction-unsupported' })
  expect(told.find(([step]) => step === 'error')).toMatchObject([
    'error',
    { eventId: null, error: { code: 'store.transaction-unsupported' } },
  ])
})

test('each attempt is traced with its outcome, and each settlement with what follows', async () => {
  const emitter = await open({ retry: { delaysMs: [0, 1] } })
  const attempts = trace<AttemptTrace>('posthorn:attempt')
  const settled = listen('posthorn:settle')
  const events = attemptsOf(emitter)
  const receiver = await receive({ answers: [failing] })
  const { id: subscriptionId } = await emitter.subscriptions.create({ subject, url: `${receiver.url}hook` })
  const { eventId, deliveries } = await emitter.emit(createPush(), { depth: 1 })
  await emitter.idle()
  const delivery = {
    deliveryId: deliveries[0]?.id,
    subscriptionId,
    eventKey: 'repo:push',
    isPing: false,
    body: { eventId, dialect: 'bitbucket-cloud' },
    lane: new URL(receiver.url).origin,
    depth: 1,
  }
  expect(attempts.filter(isEnd)).toMatchObject([
    ['asyncEnd', { delivery, attemptNumber: 1, result: { outcome: { word: 'http.5xx', status: 503 } } }],
    ['asyncEnd', { delivery, attemptNumber: 2, result: { outcome: { word: 'http.2xx', status: 200 } } }],
  ])
  expect(settled).toMatchObject([
    { delivery, attempt: { number: 1, isCounted: true }, next: { kind: 'again', delayMs: 1 } },
    { delivery, attempt: { number: 2 }, next: { kind: 'final', state: 'delivered' } },
  ])
  expect(settled.every(({ ageMs }) => ageMs >= 0)).toBe(true)
  expect(settled).toEqual(events)
})

test('what a subscriber binds to an attempt is there in all that the attempt does', async () => {
  const span = new AsyncLocalStorage<string>()
  const channel = tracingChannel('posthorn:attempt')
  const toSpan = (message: unknown): string => `attempt ${(message as AttemptTrace).attemptNumber}`
  channel.start.bindStore(span, toSpan)
  onTestFinished(() => void channel.start.unbindStore(span))
  const seen: (string | undefined)[] = []
  const emitter = await open({
    resolver: async () => {
      seen.push(span.getStore())
      return [{ address: '127.0.0.1', family: 4 }]
    },
  })
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: `http://ci.example.com:${receiver.port}/` })
  await deliver(emitter)
  await emitter.idle()
  expect(seen).toEqual(['attempt 1'])
})

test('no message holds a secret, or the path or query of a URL', async () => {
  const planted = 'p1anted'
  const emitter = await open()
  const messages: unknown[] = [trace('posthorn:emit'), trace('posthorn:attempt'), listen('posthorn:settle')]
  const receiver = await receive()
  const url = `${receiver.url}${planted}?token=${planted}`
  const { id } = await emitter.subscriptions.create({ subject, title: planted, url, secret: planted })
  await deliver(emitter)
  await emitter.ping(id, { wait: true })
  await emitter.idle()
  expect(receiver.requests).toHaveLength(2)
  expect(inspect(messages, { depth: null, showHidden: true })).not.toContain(planted)
})

test('an attempt that a fault of our own ends before its request is traced and counted like any other', async () => {
  const attempts = trace<AttemptTrace>('posthorn:attempt')
  const store = createMemoryStore()
  const writing = await open({ store, role: 'emit' })
  await writing.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/' })
  await deliver(writing)
  const dialects = bitbucketDialects.filter(({ name }) => name !== 'bitbucket-cloud')
  const delivering = await open({ store, role: 'deliver', dialects })
  await delivering.idle()
  expect(attempts.filter(isEnd)).toMatchObject([
    ['asyncEnd', { result: { outcome: { kind: 'own-fault', word: 'local.failed' } } }],
  ])
  expect(await delivering.stats()).toMatchObject({
    inFlightCount: 0,
    attemptsByWord: { 'local.failed': 1 },
  })
})

test('a subscriber that throws is an uncaught exception of its process, as Node.js has it, and disturbs no delivery', async () => {
  const program = `
    import { subscribe, tracingChannel } from 'node:diagnostics_channel'
    import { createServer } from 'node:http'
    import { once } from 'node:events'
    const uncaught = new Set()
    process.on('uncaughtException', ({ message }) => uncaught.add(message))
    const fail = (message, name) => { throw new Error(name) }
    for (const name of ['emit', 'attempt']) {
      tracingChannel('posthorn:' + name).subscribe({ start: fail, end: fail, asyncStart: fail, asyncEnd: fail, error: fail })
    }
    subscribe('posthorn:settle', fail)
    const receiver = createServer((request, response) => response.end()).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const emitter = await startEmitter()
    await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:' + receiver.address().port })
    const { deliveries } = await emitter.emit(createPush())
    await emitter.idle()
    const { state, attemptCount } = await emitter.deliveries.get(deliveries[0].id)
    await emitter.stop()
    await new Promise(setImmediate)
    console.log(state, attemptCount, uncaught.size, uncaught.has('posthorn:settle'))
    receiver.close()
    receiver.closeAllConnections()`
  expect(await runProgram(program)).toEqual({ code: 0, output: 'delivered 1 9 true\n', errors: '' })
})

test('what undici itself publishes of a request shows its URL and headers, and can be told apart', async () => {
  const told: { readonly path: string; readonly headers: readonly string[] }[] = []
  const onRequest = (message: unknown): void => {
    const { request } = message as { readonly request: (typeof told)[number] }
    told.push({ path: request.path, headers: [...request.headers] })
  }
  subscribe('undici:request:create', onRequest)
  onTestFinished(() => void unsubscribe('undici:request:create', onRequest))
  const emitter = await open()
  const receiver = await receive()
  const url = `${receiver.url}pl4nted-path?key=pl4nted-query`
  for (const { name } of bitbucketDialects) {
    await emitter.subscriptions.create({ subject, url, dialect: name, headers: { 'X-Token': 'pl4nted' } })
  }
  const [created] = await emitter.subscriptions.list(subject)
  await deliver(emitter)
  await emitter.ping(created?.id ?? '', { wait: true })
  await emitter.idle()
  expect(told).toHaveLength(bitbucketDialects.length + 1)
  for (const { path, headers } of told) {
    expect(path).toContain('pl4nted-query')
    expect(headers).toContain('pl4nted')
    // What the documentation has instrumentations look for.
    expect(headers.includes('X-Posthorn-Depth')).toBe(true)
  }
})

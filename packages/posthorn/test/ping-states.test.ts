import type { Answer } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type Emitter, type EmitterOptions } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

/** A subscription in some state, with a delivery that waits in its queue. */
interface Waiting {
  readonly emitter: Emitter
  readonly id: string
  readonly deliveryId: string
}

const oneAttempt: Partial<EmitterOptions> = { retry: { delaysMs: [0] } }

/** A subscription whose first delivery got this answer; all others are accepted. */
async function after(answer: Answer, options: Partial<EmitterOptions> = oneAttempt): Promise<Waiting> {
  const emitter = await open(options)
  const receiver = await receive({ answers: [answer] })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await emitter.idle()
  return { emitter, id, deliveryId: await deliver(emitter) }
}

async function inactive(): Promise<Waiting> {
  const emitter = await open({ retry: { delaysMs: [0, 60_000] } })
  const receiver = await receive({ answers: [failing] })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const deliveryId = await deliver(emitter)
  await emitter.idle()
  await emitter.subscriptions.update(id, { active: false })
  return { emitter, id, deliveryId }
}

/** Three subscriptions of an origin that could not be reached, and can be now. */
async function behindOpenLane(): Promise<Waiting> {
  let address = '127.0.0.2'
  const emitter = await open({
    retry: { delaysMs: [0, 60_000] },
    resolver: () => Promise.resolve([{ address, family: 4 }]),
  })
  const receiver = await receive()
  const urls = ['a', 'b', 'c'].map((path) => `http://ci.example.com:${receiver.port}/${path}`)
  const [first] = await Promise.all(urls.map((url) => emitter.subscriptions.create({ subject, url })))
  await emitter.emit(createPush())
  await emitter.idle()
  address = '127.0.0.1'
  const { deliveries } = await emitter.emit(createPush())
  const id = first?.id ?? ''
  const deliveryId = deliveries.find(({ subscriptionId }) => subscriptionId === id)?.id ?? ''
  return { emitter, id, deliveryId }
}

const retryLater: Answer = { kind: 'status', status: 429, headers: { 'retry-after': '600' } }
const gone: Answer = { kind: 'status', status: 410 }

describe('a ping that succeeds', () => {
  const states: readonly (readonly [title: string, prepare: () => Promise<Waiting>])[] = [
    ['is disabled', () => after(gone)],
    ['was asked to wait', () => after(retryLater)],
    ['has an open breaker', () => after(failing, { ...oneAttempt, breaker: { failureCount: 1 } })],
    ['shares an origin with an open breaker', behindOpenLane],
  ]

  test.for(states)('lets what waits go, where the subscription %s', async ([, prepare]) => {
    const { emitter, id, deliveryId } = await prepare()
    await emitter.idle()
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({ state: 'parked' })
    expect(await emitter.ping(id, { wait: true })).toMatchObject({ state: 'delivered', word: 'http.2xx' })
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
    await emitter.idle()
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({ state: 'delivered' })
  })

  test('leaves a subscription that its user switched off as it is', async () => {
    const { emitter, id, deliveryId } = await inactive()
    expect(await emitter.ping(id, { wait: true })).toMatchObject({ state: 'delivered' })
    await emitter.idle()
    expect(await emitter.subscriptions.get(id)).toMatchObject({ active: false })
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({ state: 'parked', attemptCount: 1 })
  })
})

test('a ping that fails leaves what waits where it is', async () => {
  const emitter = await open(oneAttempt)
  const receiver = await receive({ answers: [gone, failing] })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await emitter.idle()
  const deliveryId = await deliver(emitter)
  expect(await emitter.ping(id, { wait: true })).toMatchObject({ state: 'exhausted', word: 'http.5xx' })
  await emitter.idle()
  expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: { reason: 'gone' } })
  expect(await emitter.deliveries.get(deliveryId)).toMatchObject({ state: 'parked' })
})

test('a ping goes past the events that a subscription asks for, and is told in no receipt', async () => {
  const emitter = await open(oneAttempt)
  const receiver = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, events: ['issue:created'] })
  const { deliveryId } = await emitter.ping(id, { wait: true })
  expect(receiver.requests[0]?.headers).toMatchObject({
    'x-event-key': 'repo:push',
    'x-request-uuid': deliveryId,
    'x-posthorn-depth': '0',
  })
  expect(await emitter.deliveries.get(deliveryId)).toMatchObject({ isPing: true, attemptCount: 1 })
})

test('a ping of a Post-Receive subscription is a push without refs and an empty page', async () => {
  const emitter = await open(oneAttempt)
  const receiver = await receive()
  const dialect = 'bitbucket-server-post-receive'
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, dialect })
  await emitter.ping(id, { wait: true })
  expect(JSON.parse(String(receiver.requests[0]?.body))).toMatchObject({
    refChanges: [],
    changesets: { size: 0, values: [], isLastPage: true },
  })
})

test('what a ping resolves with names no address and quotes no answer', async () => {
  const emitter = await open({
    ...oneAttempt,
    resolver: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  })
  const receiver = await receive()
  await receiver.close()
  const url = `http://ci.example.com:${receiver.port}/hook`
  const { id } = await emitter.subscriptions.create({ subject, url })
  const result = await emitter.ping(id, { wait: true })
  expect(result).toEqual({
    deliveryId: result.deliveryId,
    state: 'exhausted',
    word: 'connect.refused',
    message: 'The receiver refused the connection.',
    status: null,
  })
  const [attempt] = await emitter.deliveries.attempts(result.deliveryId)
  expect(attempt?.outcome.detail).toContain('127.0.0.1')
})

test('each subscription has a ping of its own within five seconds', async () => {
  const emitter = await open(oneAttempt)
  const receiver = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const other = await emitter.subscriptions.create({ subject, url: receiver.url })
  await emitter.ping(id, { wait: true })
  await expect(emitter.ping(id, { wait: true })).rejects.toMatchObject({ code: 'ping.rate-limited' })
  expect(await emitter.ping(other.id, { wait: true })).toMatchObject({ state: 'delivered' })
  expect(receiver.requests).toHaveLength(2)
})

describe('a ping', () => {
  test('has one attempt, also where a fault of our own side ends it', async () => {
    const { port } = await unreachable()
    const emitter = await open({
      proxy: { url: `http://127.0.0.1:${port}`, targetsResolvedByProxy: true },
      retry: { delaysMs: [0, 0, 0] },
    })
    const receiver = await receive()
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const ping = await emitter.ping(id, { wait: true })
    expect(ping).toMatchObject({ state: 'exhausted', word: 'local.proxy' })
    expect(await emitter.deliveries.get(ping.deliveryId)).toMatchObject({ attemptCount: 1 })
  })

  test('that is sent again waits with all others while its subscription is switched off', async () => {
    const emitter = await open(oneAttempt)
    const receiver = await receive()
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, active: false })
    const { deliveryId } = await emitter.ping(id, { wait: true })
    const copy = await emitter.deliveries.redeliver(deliveryId)
    await emitter.idle()
    expect(copy).toMatchObject({ isPing: false, state: 'parked' })
    expect(receiver.requests).toHaveLength(1)
  })

  test('is one in five seconds, of all emitters of a store', async () => {
    const store = createMemoryStore()
    const [one, other] = [await open({ ...oneAttempt, store }), await open({ ...oneAttempt, store })]
    const receiver = await receive()
    const { id } = await one.subscriptions.create({ subject, url: receiver.url })
    await one.ping(id, { wait: true })
    await expect(other.ping(id)).rejects.toMatchObject({ code: 'ping.rate-limited' })
    expect(receiver.requests).toHaveLength(1)
  })

  test('that ends with its subscription was never sent', async () => {
    const emitter = await open({ ...oneAttempt, role: 'emit', store: createMemoryStore() })
    const receiver = await receive()
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const pinged = emitter.ping(id, { wait: true })
    while ((await emitter.stats()).pendingCount === 0) await new Promise(setImmediate)
    await emitter.subscriptions.delete(id)
    expect(await pinged).toMatchObject({ state: 'cancelled', word: null, status: null })
  })
})

/** A port where nobody listens. */
async function unreachable(): Promise<{ readonly port: number }> {
  const receiver = await receive()
  await receiver.close()
  return receiver
}

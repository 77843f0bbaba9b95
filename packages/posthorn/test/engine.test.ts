import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type EmitterWarning } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'
import { createScriptedStore, lasting, passing } from './scripted-store.ts'

describe('a store that fails for a moment', () => {
  test.for(['claim', 'getSubscriptions', 'settle', 'compareAndSetHealth', 'countSubscriptions'])(
    'in %s costs no attempt and no duplicate',
    async (method) => {
      const { store, fail } = createScriptedStore()
      const emitter = await open({ store, retry: { delaysMs: [0, 0] } })
      const receiver = await receive({ answers: [{ kind: 'raw', bytes: '', end: 'close' }] })
      await emitter.subscriptions.create({ subject, url: receiver.url })
      fail(method, passing)
      const id = await deliver(emitter)
      await emitter.idle()
      expect(await emitter.deliveries.attempts(id)).toMatchObject([
        { number: 1, outcome: { word: 'answer.closed' } },
        { number: 2, outcome: { word: 'http.2xx' } },
      ])
      expect(receiver.requests).toHaveLength(2)
    },
  )
})

test.for(['match', 'append'])(
  'a store that fails in %s for a moment does not fail an emit',
  async (method) => {
    const { store, fail } = createScriptedStore()
    const emitter = await open({ store })
    const receiver = await receive()
    await emitter.subscriptions.create({ subject, url: receiver.url })
    fail(method, passing)
    expect(await emitter.emit(createPush())).toMatchObject({ repeated: false, deliveries: [{}] })
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
  },
)

test('an emit whose answer was lost is made again, and is one event', async () => {
  let lostCount = 0
  const store = createWatchedStore(
    createMemoryStore(),
    () => {},
    ({ method }) => {
      if (method !== 'append' || lostCount === 1) return
      lostCount += 1
      throw passing
    },
  )
  const emitter = await open({ store })
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  expect(await emitter.emit(createPush())).toMatchObject({ repeated: false, deliveries: [{}] })
  await emitter.idle()
  expect(receiver.requests).toHaveLength(1)
  expect(lostCount).toBe(1)
})

test('an attempt is settled even if its health cannot be kept, and the fault is told', async () => {
  const { store, fail } = createScriptedStore()
  const emitter = await open({ store, retry: { delaysMs: [0, 0] } })
  const warnings: EmitterWarning[] = []
  emitter.on('warning', (warning) => void warnings.push(warning))
  const receiver = await receive({ answers: [failing] })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  fail('compareAndSetHealth', lasting)
  const id = await deliver(emitter)
  await emitter.idle()
  expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered', attemptCount: 2 })
  expect(warnings).toMatchObject([{ kind: 'engine-fault', activity: 'health', error: lasting }])
})

test('a failure under a lease that was lost says nothing of the receiver', async () => {
  const clock = createManualClock()
  const inner = createMemoryStore()
  const calls: string[] = []
  const store = createWatchedStore(inner, ({ method }) => void calls.push(method))
  const late = Promise.withResolvers<void>()
  const receiver = await receive({ answers: [{ kind: 'after', released: late.promise, answer: failing }] })
  const slow = await open({ store, clock, leaseMs: 1_000 })
  await slow.subscriptions.create({ subject, url: receiver.url })
  const id = await deliver(slow)
  await receiver.waitForRequests(1)
  clock.advance(1_001)
  const other = await open({ store: inner, clock, pollMs: 10 })
  await receiver.waitForRequests(2)
  await other.idle()
  late.resolve()
  await slow.idle()
  expect(calls).not.toContain('compareAndSetHealth')
  expect(await other.deliveries.get(id)).toMatchObject({ state: 'delivered', attemptCount: 1 })
})

test('a queue is parked before the attempt that parks it is settled', async () => {
  const { store, calls } = createScriptedStore()
  const emitter = await open({ store, retry: { delaysMs: [0, 60_000] } })
  const receiver = await receive({
    answers: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '9' } }),
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await emitter.idle()
  const methods = calls.map(({ method }) => method)
  expect(methods.indexOf('compareAndSetHealth')).toBeGreaterThan(-1)
  expect(methods.indexOf('compareAndSetHealth')).toBeLessThan(methods.indexOf('settle'))
})

test('old history is removed', async () => {
  const { store, called } = createScriptedStore()
  const clock = createManualClock()
  const retention = { historyMs: 1_000, everyMs: 5 }
  const emitter = await open({ store, clock, retention })
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const id = await deliver(emitter)
  await emitter.idle()
  clock.advance(1_001)
  await called('prune')
  await called('prune')
  expect(await emitter.deliveries.get(id)).toBeNull()
  await expect(emitter.deliveries.redeliver(id)).rejects.toMatchObject({ code: 'delivery.not-found' })
})

test('a clock that leaps ahead and back ends nothing and removes nothing', async () => {
  const { store, called } = createScriptedStore()
  const clock = createManualClock()
  const day = 24 * 60 * 60 * 1_000
  const emitter = await open({ store, clock, retry: { delaysMs: [0, 30 * day] }, retention: { everyMs: 5 } })
  const [good, bad] = [await receive(), await receive({ answers: () => failing })]
  for (const { url } of [good, bad]) await emitter.subscriptions.create({ subject, url })
  const { deliveries } = await emitter.emit(createPush())
  await emitter.idle()
  await called('prune')
  // The next thing that housekeeping learns is the wrong time.
  await called('listDeliveries')
  clock.advance(11 * day)
  for (let looks = 0; looks < 3; looks += 1) await called('listDeliveries')
  clock.advance(-11 * day)
  await called('prune')
  const states = await Promise.all(
    deliveries.map(async ({ id }) => (await emitter.deliveries.get(id))?.state),
  )
  expect(new Set(states)).toEqual(new Set(['delivered', 'pending']))
})

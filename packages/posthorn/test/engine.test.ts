import { maxQueuesPerClaim, systemClock } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { type Answer, hang } from '@posthorn/test-kit/receiver-answer'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { newAppend, newDelivery } from '@posthorn/test-kit/store-contract/samples'
import { createWatchedStore, type StoreCall } from '@posthorn/test-kit/watched-store'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type EmitterWarning, StoreError } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

const accepted: Answer = { kind: 'status', status: 200 }
const passing = new StoreError({ code: 'store.failed', message: 'The file is busy.', isTransient: true })
const lasting = new StoreError({ code: 'store.failed', message: 'The disk is gone.' })

/** A store that tells of its calls, and fails the next ones of the methods it is told to. */
function createScriptedStore() {
  const calls: StoreCall[] = []
  const failures = new Map<string, StoreError[]>()
  const waiting = new Map<string, () => void>()
  return {
    calls,
    fail: (method: string, ...errors: StoreError[]) => failures.set(method, errors),
    /** Resolves when the method is called again. */
    called: (method: string) => new Promise<void>((resolve) => waiting.set(method, resolve)),
    store: createWatchedStore(createMemoryStore(), (call) => {
      calls.push(call)
      waiting.get(call.method)?.()
      const error = failures.get(call.method)?.shift()
      if (error !== undefined) throw error
    }),
  }
}

/** As long as twenty requests take, so that what should not be sent would have been. */
async function passTime(): Promise<void> {
  const other = await receive()
  for (let count = 0; count < 20; count += 1) await fetch(other.url, { method: 'POST', body: '{}' })
}

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

test('a lease is renewed while its attempt runs', async () => {
  const { store, called, calls } = createScriptedStore()
  const emitter = await open({ store, leaseMs: 1_000, deadlineMs: 60_000 })
  const receiver = await receive({ answers: [hang] })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await receiver.waitForRequests(1)
  await called('renew')
  expect(calls.find(({ method }) => method === 'renew')?.values).toMatchObject([[expect.any(String)], 1_000])
})

test('a slot is filled again while what was in it is being settled', async () => {
  const settling = Promise.withResolvers<void>()
  const store = createWatchedStore(createMemoryStore(), ({ method }) =>
    method === 'settle' ? settling.promise : undefined,
  )
  const emitter = await open({ store, concurrency: { total: 1 }, pollMs: 3_600_000 })
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  for (let count = 0; count < 5; count += 1) await deliver(emitter)
  await receiver.waitForRequests(2)
  // No more than twice as many as there are slots: they would all be sent again if the process died now.
  await passTime()
  expect(receiver.requests).toHaveLength(2)
  settling.resolve()
  await emitter.idle()
  expect(receiver.requests).toHaveLength(5)
})

test('a slot is not filled again before the breaker knows of its failure', async () => {
  const recording = Promise.withResolvers<void>()
  const called = Promise.withResolvers<void>()
  const store = createWatchedStore(createMemoryStore(), ({ method }) => {
    if (method !== 'compareAndSetHealth') return undefined
    called.resolve()
    return recording.promise
  })
  const emitter = await open({ store, concurrency: { total: 1 }, retry: { delaysMs: [0, 60_000] } })
  const receiver = await receive({
    answers: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '9' } }),
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await deliver(emitter)
  await called.promise
  await passTime()
  recording.resolve()
  await emitter.idle()
  expect(receiver.requests).toHaveLength(1)
})

test('many queues that may not be delivered from do not hide the one behind them', async () => {
  const inner = createMemoryStore()
  const receiver = await receive()
  const emitter = await open({ store: inner, pollMs: 3_600_000 })
  const last = await emitter.subscriptions.create({ subject, url: receiver.url })
  const ids = createIds()
  const handle = await inner.open({ clock: systemClock })
  const [record] = await handle.getSubscriptions([last.id])
  const content = record?.content
  if (content === undefined) throw new Error('The subscription is not there.')
  const limit = { group: content.limitGroup, maxCount: 10_000 }
  for (let count = 0; count < maxQueuesPerClaim + 10; count += 1) {
    const id = `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`
    await handle.createSubscription(
      { id, subject: { type: 'repository', id }, content: { ...content, isActive: false } },
      limit,
    )
    await handle.append(newAppend(ids, [newDelivery(ids, id)]))
  }
  await deliver(emitter)
  await receiver.waitForRequests(1)
  await handle.close()
})

test('at most three quarters of the slots are asked for retries', async () => {
  const { store, called, calls } = createScriptedStore()
  const claimed = called('claim')
  await open({ store, concurrency: { total: 8 } })
  await claimed
  expect(calls.find(({ method }) => method === 'claim')?.values).toMatchObject([
    { maxCount: 8, maxRetries: 6 },
  ])
})

test('work begins on the macrotask after createEmitter, so that listeners can be added', async () => {
  const { store, called, calls } = createScriptedStore()
  const claimed = called('claim')
  await open({ store })
  await Promise.resolve()
  expect(calls).toEqual([])
  await claimed
})

test('an emit wakes the worker, however rarely it polls', async () => {
  const { store, called } = createScriptedStore()
  const asleep = called('nextDue')
  const emitter = await open({ store, pollMs: 3_600_000 })
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await asleep
  await deliver(emitter)
  await receiver.waitForRequests(1)
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

describe('a subscription that is changed while an attempt to what it was runs', () => {
  async function changeDuringAttempt(
    answer: Answer,
    change: { readonly title?: string; readonly url?: string },
  ) {
    const emitter = await open({ retry: { delaysMs: [0, 60_000] } })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const old = await receive({ answers: [{ kind: 'after', released, answer }] })
    const { id } = await emitter.subscriptions.create({ subject, url: old.url })
    await deliver(emitter)
    await old.waitForRequests(1)
    await emitter.subscriptions.update(id, change)
    release()
    await emitter.idle()
    return { emitter, id }
  }

  test('is not disabled by its 410', async () => {
    const { emitter, id } = await changeDuringAttempt({ kind: 'status', status: 410 }, { title: 'changed' })
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null, title: 'changed' })
  })

  test('is not parked by its Retry-After', async () => {
    const current = await receive()
    const asked: Answer = { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }
    const { emitter } = await changeDuringAttempt(asked, { url: current.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered' })
  })
})

test.for([
  ['another URL', (url: string) => ({ url })],
  ['a user who says that it works again', () => ({ active: true })],
] as const)('%s begins with a clean slate', async ([, toPatch]) => {
  const emitter = await open({ clock: createManualClock(), retry: { delaysMs: [0, 60_000] } })
  let isBroken = true
  const broken = await receive({ answers: () => (isBroken ? failing : accepted) })
  const mended = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: broken.url })
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  const waiting = await deliver(emitter)
  expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'parked' })
  isBroken = false
  await emitter.subscriptions.update(id, toPatch(mended.url))
  await emitter.idle()
  expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'delivered' })
})

test('a quick retry goes to what the subscription says by then', async () => {
  const emitter = await open({ retry: { delaysMs: [0, 200] } })
  const first = await receive({ answers: () => failing })
  const second = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: first.url })
  emitter.on('attempted', async ({ attempt }) => {
    if (attempt.number === 1) await emitter.subscriptions.update(id, { url: second.url })
  })
  await deliver(emitter)
  await second.waitForRequests(1)
  expect(second.requests[0]?.headers['x-attempt-number']).toBe('2')
  expect(first.requests).toHaveLength(1)
})

describe('while a quick retry waits', () => {
  async function waitForQuickRetry() {
    const emitter = await open({ retry: { delaysMs: [0, 100, 100] } })
    const receiver = await receive({ answers: () => failing })
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const attempted = new Promise((resolve) => emitter.on('attempted', resolve))
    const deliveryId = await deliver(emitter)
    await attempted
    return { emitter, receiver, id, deliveryId }
  }

  test('deleting the subscription ends it', async () => {
    const { emitter, receiver, id } = await waitForQuickRetry()
    await emitter.subscriptions.delete(id)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
  })

  test('cancelling the delivery ends it', async () => {
    const { emitter, receiver, deliveryId } = await waitForQuickRetry()
    expect(await emitter.deliveries.cancel(deliveryId)).toBe(true)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
  })

  test('switching the subscription off gives it back, and on again goes on', async () => {
    const { emitter, receiver, id, deliveryId } = await waitForQuickRetry()
    await emitter.subscriptions.update(id, { active: false })
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({
      state: 'parked',
      countedAttemptCount: 1,
    })
    await emitter.subscriptions.update(id, { active: true })
    await emitter.idle()
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({
      state: 'exhausted',
      countedAttemptCount: 3,
    })
  })
})

test('a shorter Retry-After does not cut a longer park short', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const asked = (seconds: string): Answer => ({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': seconds },
  })
  const emitter = await open({ clock: createManualClock(), retry: { delaysMs: [0, 60_000] } })
  const receiver = await receive({
    answers: [{ kind: 'after', released, answer: asked('1') }, asked('3600')],
  })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  const firstPark = new Promise<void>((resolve) => {
    emitter.on('parked', ({ forMs }) => {
      parked.push(forMs)
      resolve()
    })
  })
  await deliver(emitter)
  await deliver(emitter)
  await firstPark
  release()
  await emitter.idle()
  expect(parked[0]).toBe(3_600_000)
  expect(parked[1]).toBeGreaterThan(3_590_000)
  expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
})

test('a ping that could not be stored can be made again at once', async () => {
  const { store, fail } = createScriptedStore()
  const emitter = await open({ store })
  const receiver = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  fail('append', lasting)
  await expect(emitter.ping(id)).rejects.toBe(lasting)
  expect(await emitter.ping(id, { wait: true })).toMatchObject({ state: 'delivered' })
})

test('a date in Retry-After is read by the clock of the emitter', async () => {
  const clock = createManualClock(Date.UTC(2040, 0, 1))
  const emitter = await open({ clock, retry: { delaysMs: [0, 1_000] } })
  const date = new Date(clock.now() + 600_000).toUTCString()
  const receiver = await receive({
    answers: () => ({ kind: 'status', status: 503, headers: { 'retry-after': date } }),
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  emitter.on('parked', ({ forMs }) => void parked.push(forMs))
  await deliver(emitter)
  await emitter.idle()
  expect(parked).toEqual([600_000])
})

test('a failed ping does not lengthen the wait of an open breaker', async () => {
  const clock = createManualClock()
  const emitter = await open({ clock, retry: { delaysMs: [0, 600_000] }, random: () => 0.5 })
  const receiver = await receive({ answers: () => failing })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  emitter.on('parked', ({ forMs }) => void parked.push(forMs))
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  await emitter.ping(id, { wait: true })
  await emitter.idle()
  expect(Math.max(...parked)).toBe(10_000)
})

describe('the breaker of a lane', () => {
  /** Three subscriptions on a port where nobody listens, and a delivery to each, so that the lane is open. */
  async function openLane(options: Parameters<typeof open>[0]) {
    const clock = createManualClock()
    const emitter = await open({ clock, pollMs: 10, retry: { delaysMs: [0, 60_000] }, ...options })
    const parked = new Promise((resolve) => emitter.on('parked', resolve))
    const receiver = await receive()
    await receiver.close()
    const url = `http://ci.example.com:${receiver.port}/`
    for (const path of ['a', 'b', 'c']) await emitter.subscriptions.create({ subject, url: url + path })
    const { deliveries } = await emitter.emit(createPush())
    await parked
    await emitter.idle()
    return { clock, emitter, url, deliveries }
  }

  test('is not probed again and again by a name that turned to a forbidden address', async () => {
    let address = '127.0.0.1'
    const resolver = () => Promise.resolve([{ address, family: 4 as const }])
    const { clock, emitter, deliveries } = await openLane({ resolver })
    address = '10.0.0.1'
    clock.advance(60_000)
    await emitter.idle()
    for (const { id } of deliveries) {
      const attempts = await emitter.deliveries.attempts(id)
      expect(attempts.length).toBeLessThanOrEqual(2)
    }
  })

  test('is forgotten with the last subscription of its lane', async () => {
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const { emitter, url } = await openLane({ resolver })
    await emitter.subscriptions.deleteAll(subject)
    await emitter.subscriptions.create({ subject, url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({ attemptCount: 1, countedAttemptCount: 1 })
  })
})

test('one delivery that is refused for good is not the probe for ever', async () => {
  const clock = createManualClock()
  const emitter = await open({
    clock,
    pollMs: 10,
    retry: { delaysMs: [0, 1_000_000, 1_000_000] },
    random: () => 0.5,
  })
  let status = 500
  const receiver = await receive({ answers: () => ({ kind: 'status', status }) })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  const poison = await deliver(emitter)
  status = 400
  clock.advance(10_000)
  await receiver.waitForRequests(11)
  await emitter.idle()
  expect(await emitter.deliveries.get(poison)).toMatchObject({ attemptCount: 1, countedAttemptCount: 1 })
})

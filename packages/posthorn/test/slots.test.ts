import { maxQueuesPerClaim, systemClock } from '@posthorn/core'
import { hang } from '@posthorn/test-kit/receiver-answer'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { newAppend, newDelivery } from '@posthorn/test-kit/store-contract/samples'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../src/index.ts'
import { deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'
import { createScriptedStore } from './scripted-store.ts'

/** As long as twenty requests take, so that what should not be sent would have been. */
async function passTime(): Promise<void> {
  const other = await receive()
  for (let count = 0; count < 20; count += 1) await fetch(other.url, { method: 'POST', body: '{}' })
}

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

test('a store that stalls keeps no slot for long after an attempt that failed', {
  timeout: 30_000,
}, async () => {
  const renewing = Promise.withResolvers<void>()
  const store = createWatchedStore(createMemoryStore(), ({ method }) =>
    method === 'renew' ? renewing.promise : undefined,
  )
  const emitter = await open({ store, concurrency: { total: 1 }, retry: { delaysMs: [0, 60_000] } })
  const receiver = await receive({ answers: () => ({ kind: 'status', status: 503 }) })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await deliver(emitter)
  await receiver.waitForRequests(2)
  renewing.resolve()
  await emitter.idle()
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
    { maxCount: 8, maxRetries: 6, maxRestrained: 6, defaultRestrainedRoom: 8 },
  ])
})

test('a lane sends as fast as its rate lets it, however rarely the store is asked', async () => {
  const emitter = await open({ ratePerLane: { count: 1, perMs: 20 }, pollMs: 3_600_000 })
  const receiver = await receive()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  for (let count = 0; count < 5; count += 1) await deliver(emitter)
  await receiver.waitForRequests(5)
})

test('the head of an ordered queue is set aside after three failures, also where its retries are quick', async () => {
  const emitter = await open({ retry: { delaysMs: [0, 1, 1, 1, 1, 1, 1, 1] } })
  const receiver = await receive({ answers: () => ({ kind: 'status', status: 503 }) })
  await emitter.subscriptions.create({ subject, url: receiver.url, order: 'repository' })
  const setAside: string[] = []
  emitter.on('set-aside', ({ deliveryId }) => void setAside.push(deliveryId))
  const ids = [await deliver(emitter), await deliver(emitter)]
  await receiver.waitForRequests(4)
  await emitter.idle()
  expect(setAside).toEqual(ids)
  expect(receiver.requests.slice(0, 4).map(({ headers }) => headers['x-request-uuid'])).toContain(ids[1])
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

import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { hang } from '@posthorn/test-kit/receiver-answer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryStore, type Emitter } from '../src/index.ts'
import { createPush, repository, startEmitter, subject } from './samples.ts'

let emitter: Emitter
let receiver: Receiver
let status = 200

beforeEach(async () => {
  status = 200
  receiver = await createReceiver({ answers: () => ({ kind: 'status', status }) })
  emitter = await startEmitter({ retry: { delaysMs: [0] } })
})

afterEach(async () => {
  await emitter.stop({ timeoutMs: 100 })
  await receiver.close()
})

async function deliver(): Promise<string> {
  const { deliveries } = await emitter.emit(createPush())
  await emitter.idle()
  return deliveries[0]?.id ?? ''
}

describe('redelivery', () => {
  test('sends the same bytes again as a delivery of its own', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url, secret: 'x' })
    const id = await deliver()
    const copy = await emitter.deliveries.redeliver(id)
    await emitter.idle()
    expect(copy).toMatchObject({ redeliveryOf: id })
    expect(copy.id).not.toBe(id)
    const [first, second] = receiver.requests
    expect(second?.body).toEqual(first?.body)
    expect(second?.headers).toMatchObject({ 'x-request-uuid': copy.id, 'x-attempt-number': '1' })
  })

  test('is refused while the delivery is pending, or when there is none', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await expect(emitter.deliveries.redeliver('nothing')).rejects.toMatchObject({
      code: 'delivery.not-found',
    })
    const { deliveries } = await emitter.emit(createPush())
    await expect(emitter.deliveries.redeliver(deliveries[0]?.id ?? '')).rejects.toMatchObject({
      code: 'delivery.not-final',
    })
  })

  test('is refused when the subscription was deleted', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const deliveryId = await deliver()
    await emitter.subscriptions.delete(id)
    await expect(emitter.deliveries.redeliver(deliveryId)).rejects.toMatchObject({
      code: 'subscription.not-found',
    })
  })
})

describe('recovery', () => {
  test('sends exhausted deliveries again and counts them', async () => {
    const { id: subscriptionId } = await emitter.subscriptions.create({ subject, url: receiver.url })
    status = 400
    const lost = [await deliver(), await deliver()]
    status = 200
    await deliver()
    expect(await emitter.deliveries.recover({ since: 0, subscriptionId })).toBe(2)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(5)
    const { deliveries } = await emitter.deliveries.list({ states: ['delivered'] })
    expect(deliveries.slice(0, 2).map(({ redeliveryOf }) => redeliveryOf)).toEqual(lost.toReversed())
  })

  test('sends nothing twice, and again only what failed again', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    status = 400
    await deliver()
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(1)
    await emitter.idle()
    status = 200
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(1)
    await emitter.idle()
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(0)
  })

  test('leaves pings alone', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    status = 400
    await emitter.ping(id, { wait: true })
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(0)
  })

  test('ends early when the store is full, and goes on when it is called again', async () => {
    const small = await startEmitter({
      store: createMemoryStore({ maxPendingDeliveries: 102 }),
      retry: { delaysMs: [0] },
    })
    await small.subscriptions.create({ subject, url: receiver.url })
    status = 400
    // Five in a row would disable the subscription, so every other one is delivered.
    for (let count = 0; count < 210; count += 1) {
      status = count % 2 === 0 ? 400 : 200
      await small.emit(createPush())
      await small.idle()
    }
    status = 200
    const counts = [await small.deliveries.recover({ since: 0 })]
    await small.idle()
    counts.push(await small.deliveries.recover({ since: 0 }))
    await small.idle()
    expect(counts[0]).toBe(100)
    expect(counts[1]).toBe(5)
    expect(await small.deliveries.recover({ since: 0 })).toBe(0)
    await small.stop()
  })
})

describe('the list of deliveries', () => {
  test('is newest first, and goes on page by page', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const ids = [await deliver(), await deliver(), await deliver()]
    const first = await emitter.deliveries.list({ maxCount: 2 })
    expect(first.deliveries.map(({ id }) => id)).toEqual([ids[2], ids[1]])
    const second = await emitter.deliveries.list({ maxCount: 2, cursor: first.next })
    expect(second).toMatchObject({ deliveries: [{ id: ids[0] }], next: null })
  })

  test.for([
    { maxCount: 0 },
    { maxCount: 1_001 },
    { maxCount: 1.5 },
    { state: 'exhausted' },
    { states: ['gone'] },
    { subscriptionId: 7 },
  ])('%j is refused', async (options) => {
    await expect(emitter.deliveries.list(options as never)).rejects.toMatchObject({
      code: expect.stringMatching(/^option/),
    })
  })

  test.for([{}, { since: -1 }, { since: 0, maxCount: Number.NaN }])(
    'a recovery of %j is refused',
    async (options) => {
      await expect(emitter.deliveries.recover(options as never)).rejects.toMatchObject({
        code: 'option.invalid',
      })
    },
  )
})

test('a delivery can be cancelled once', async () => {
  const slow = await startEmitter({ retry: { delaysMs: [3_600_000] } })
  const cancelled: unknown[] = []
  slow.on('cancelled', (event) => void cancelled.push(event))
  const { id: subscriptionId } = await slow.subscriptions.create({ subject, url: receiver.url })
  const { deliveries } = await slow.emit(createPush())
  const deliveryId = deliveries[0]?.id ?? ''
  expect(await slow.deliveries.cancel(deliveryId)).toBe(true)
  expect(await slow.deliveries.cancel(deliveryId)).toBe(false)
  await expect(slow.deliveries.cancel('nothing')).rejects.toMatchObject({ code: 'delivery.not-found' })
  expect(cancelled).toEqual([{ subscriptionId, deliveryId, count: 1, reason: 'by-host' }])
  await slow.stop()
})

describe('a ping', () => {
  test('goes to an inactive subscription, and tells what became of it', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, active: false })
    const result = await emitter.ping(id, { wait: true, repository })
    expect(result).toEqual({
      deliveryId: result.deliveryId,
      state: 'delivered',
      word: 'http.2xx',
      message: 'The receiver accepted the delivery.',
      status: 200,
    })
    const body: unknown = JSON.parse(String(receiver.requests[0]?.body))
    expect(body).toMatchObject({ push: { changes: [] }, repository: { name: repository.name } })
  })

  test('has one attempt', async () => {
    status = 503
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    expect(await emitter.ping(id, { wait: true })).toMatchObject({
      state: 'exhausted',
      word: 'http.5xx',
      status: 503,
    })
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
  })

  test('that succeeds lifts what disabled the subscription', async () => {
    status = 410
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    await deliver()
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: { reason: 'gone' } })
    status = 200
    await emitter.ping(id, { wait: true })
    await emitter.idle()
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
  })

  test('is refused within five seconds of the last, and for a subscription that is not there', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.ping(id)
    await expect(emitter.ping(id)).rejects.toMatchObject({ code: 'ping.rate-limited' })
    await expect(emitter.ping('nobody')).rejects.toMatchObject({ code: 'subscription.not-found' })
  })
})

test('stats count what waits, what runs and what became of attempts', async () => {
  const slow = await createReceiver({ answers: () => hang })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await emitter.subscriptions.create({ subject, url: slow.url })
  const delivered = new Promise((resolve) => emitter.on('delivered', resolve))
  await emitter.emit(createPush())
  await slow.waitForRequests(1)
  await delivered
  expect(await emitter.stats()).toMatchObject({
    subscriptionCount: 2,
    inFlightCount: 1,
    leasedCount: 1,
    pendingCount: 0,
    attemptsByWord: { 'http.2xx': 1 },
  })
  await emitter.stop({ timeoutMs: 0 })
  await slow.close()
})

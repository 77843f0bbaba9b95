import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { type Answer, accepted } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type Delivery, type Emitter } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

const gone = { kind: 'status', status: 410 } as const

async function subscribeTo(emitter: Emitter, answers: Parameters<typeof receive>[0] = {}) {
  const receiver = await receive(answers)
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  return { receiver, id }
}

async function readDelivery(emitter: Emitter, id: string): Promise<Delivery | null> {
  return emitter.deliveries.get(id)
}

describe('a delivery can be sent again', () => {
  test('once it is delivered', async () => {
    const emitter = await open()
    const { receiver } = await subscribeTo(emitter)
    const id = await deliver(emitter)
    await emitter.idle()
    await expectSentAgain(emitter, id, 'delivered')
    expect(receiver.requests).toHaveLength(2)
  })

  test('once it is exhausted', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    await subscribeTo(emitter, { answers: [failing] })
    const id = await deliver(emitter)
    await emitter.idle()
    await expectSentAgain(emitter, id, 'exhausted')
  })

  test('once it is cancelled', async () => {
    const emitter = await open({ retry: { delaysMs: [60_000] } })
    await subscribeTo(emitter)
    const id = await deliver(emitter)
    await emitter.deliveries.cancel(id)
    await expectSentAgain(emitter, id, 'cancelled')
  })

  test('once it is discarded', async () => {
    const emitter = await open({ retention: { maxPerDisabledSubscription: 1, everyMs: 5 } })
    const { id: subscriptionId } = await subscribeTo(emitter, { answers: [gone] })
    await deliver(emitter)
    await emitter.idle()
    const discarded = new Promise((resolve) => emitter.on('discarded', resolve))
    const id = await deliver(emitter)
    await deliver(emitter)
    await discarded
    await emitter.subscriptions.update(subscriptionId, { active: true })
    await expectSentAgain(emitter, id, 'discarded')
  })

  async function expectSentAgain(emitter: Emitter, id: string, state: string): Promise<void> {
    const source = await readDelivery(emitter, id)
    expect(source).toMatchObject({ state })
    const copy = await emitter.deliveries.redeliver(id)
    expect(copy).toMatchObject({
      redeliveryOf: id,
      eventId: source?.eventId,
      attemptCount: 0,
      reason: null,
    })
    await emitter.idle()
    expect(await readDelivery(emitter, copy.id)).toMatchObject({ state: 'delivered', attemptCount: 1 })
    expect(await readDelivery(emitter, id)).toEqual(source)
  }
})

test('what is sent again goes to what the subscription is by then, and waits like all else while that is held back', async () => {
  const emitter = await open()
  const { id } = await subscribeTo(emitter)
  const deliveryId = await deliver(emitter)
  await emitter.idle()
  const moved = await receive()
  await emitter.subscriptions.update(id, { url: moved.url, active: false })
  const copy = await emitter.deliveries.redeliver(deliveryId)
  await emitter.idle()
  expect(copy).toMatchObject({ state: 'parked' })
  expect(moved.requests).toHaveLength(0)
  await emitter.subscriptions.update(id, { active: true })
  await emitter.idle()
  expect(moved.requests).toHaveLength(1)
})

describe('the bounds of what is kept', () => {
  test('let bodies go before the history that tells of them', async () => {
    const clock = createManualClock()
    const emitter = await open({ clock, retention: { bodyMs: 1_000, everyMs: 5 } })
    await subscribeTo(emitter)
    const id = await deliver(emitter)
    await emitter.idle()
    clock.advance(1_000)
    while ((await emitter.stats()).bodyBytes > 0) await new Promise(setImmediate)
    await expect(emitter.deliveries.redeliver(id)).rejects.toMatchObject({ code: 'delivery.body-expired' })
    expect(await readDelivery(emitter, id)).toMatchObject({ state: 'delivered' })
    expect(await emitter.deliveries.attempts(id)).toHaveLength(1)
  })

  test('let what finished first go, beyond a number of finished deliveries', async () => {
    const emitter = await open({ retention: { maxFinishedCount: 2, everyMs: 5 } })
    await subscribeTo(emitter)
    const ids: string[] = []
    for (let count = 0; count < 5; count += 1) {
      ids.push(await deliver(emitter))
      await emitter.idle()
    }
    const list = async () => (await emitter.deliveries.list()).deliveries.map(({ id }) => id)
    while ((await list()).length > 2) await new Promise(setImmediate)
    expect(await list()).toEqual([ids[4], ids[3]])
  })

  test.for([null, undefined])('are none where they are %s', async (none) => {
    const retention = { bodyMs: none, maxFinishedCount: none, everyMs: 5 }
    const emitter = await open({ retention: retention as never })
    await subscribeTo(emitter)
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.redeliver(id)).toMatchObject({ redeliveryOf: id })
  })

  test.for([{ bodyMs: -1 }, { maxFinishedCount: 0.5 }, { historyMs: null }])(
    'are refused as %j',
    async (retention) => {
      await expect(open({ retention: retention as never })).rejects.toMatchObject({
        code: 'option.invalid',
        field: `retention.${Object.keys(retention)[0]}`,
      })
    },
  )
})

describe('recovery', () => {
  test('leaves what was delivered or cancelled, what is older, and what is of others', async () => {
    const clock = createManualClock()
    const emitter = await open({ clock, pollMs: 10, retry: { delaysMs: [0] } })
    const { id } = await subscribeTo(emitter, { answers: () => failing })
    await emitter.emit(createPush())
    await emitter.idle()
    clock.advance(1_000)
    const other = await subscribeTo(emitter, { answers: () => failing })
    const { deliveries } = await emitter.emit(createPush())
    await emitter.idle()
    const lost = deliveries.find(({ subscriptionId }) => subscriptionId === id)
    expect(await emitter.deliveries.recover({ since: clock.now(), subscriptionId: id })).toBe(1)
    const { deliveries: copies } = await emitter.deliveries.list({ subscriptionId: id, maxCount: 1 })
    expect(copies).toMatchObject([{ redeliveryOf: lost?.id }])
    expect((await emitter.deliveries.list({ subscriptionId: other.id })).deliveries).toHaveLength(1)
  })

  test('takes discarded ones too, the oldest first and no more than asked, and goes on when called again', async () => {
    const emitter = await open({
      retry: { delaysMs: [0] },
      retention: { maxPerDisabledSubscription: 1, everyMs: 5 },
    })
    const { id } = await subscribeTo(emitter, { answers: [gone] })
    const ids = [await deliver(emitter)]
    await emitter.idle()
    const { promise, resolve } = Promise.withResolvers<void>()
    let discardedCount = 0
    emitter.on('discarded', () => {
      discardedCount += 1
      if (discardedCount === 2) resolve()
    })
    ids.push(await deliver(emitter), await deliver(emitter))
    await deliver(emitter)
    await promise
    await emitter.subscriptions.update(id, { active: true })
    await emitter.idle()
    const recovered = async () =>
      (await emitter.deliveries.list()).deliveries.flatMap(({ redeliveryOf }) => redeliveryOf ?? [])
    expect(await emitter.deliveries.recover({ since: 0, maxCount: 2 })).toBe(2)
    await emitter.idle()
    expect((await recovered()).toSorted()).toEqual(ids.slice(0, 2).toSorted())
    expect(await emitter.deliveries.recover({ since: 0, maxCount: 2 })).toBe(1)
    expect((await recovered()).toSorted()).toEqual(ids.toSorted())
  })

  test('finds the oldest among more than a page of lost ones', async () => {
    const emitter = await open({ retry: { delaysMs: [0] }, breaker: { exhaustedCount: 1_000 } })
    await subscribeTo(emitter, { answers: () => ({ kind: 'status', status: 400 }) })
    const ids: string[] = []
    for (let count = 0; count < 230; count += 1) ids.push(await deliver(emitter))
    await emitter.idle()
    expect(await emitter.deliveries.recover({ since: 0, maxCount: 40 })).toBe(40)
    const { deliveries } = await emitter.deliveries.list({ maxCount: 40 })
    expect(new Set(deliveries.map(({ redeliveryOf }) => redeliveryOf))).toEqual(new Set(ids.slice(0, 40)))
  })

  test('goes past what cannot be sent again to what can', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const dead = await subscribeTo(emitter, { answers: () => failing })
    for (let count = 0; count < 4; count += 1) await deliver(emitter)
    await emitter.idle()
    await emitter.subscriptions.delete(dead.id)
    const live = await subscribeTo(emitter, { answers: [failing, failing, failing] })
    for (let count = 0; count < 3; count += 1) await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.recover({ since: 0, maxCount: 2 })).toBe(2)
    await emitter.idle()
    expect(await emitter.deliveries.recover({ since: 0, maxCount: 2 })).toBe(1)
    await emitter.idle()
    expect(live.receiver.requests).toHaveLength(6)
  })

  test('goes past bodies that are gone', async () => {
    const clock = createManualClock()
    const emitter = await open({
      clock,
      pollMs: 10,
      retry: { delaysMs: [0] },
      retention: { bodyMs: 1_000, everyMs: 5 },
    })
    await subscribeTo(emitter, { answers: [failing, failing, failing] })
    for (let count = 0; count < 2; count += 1) await deliver(emitter)
    await emitter.idle()
    clock.advance(1_000)
    while ((await emitter.stats()).bodyBytes > 0) await new Promise(setImmediate)
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.recover({ since: 0, maxCount: 1 })).toBe(1)
    const { deliveries } = await emitter.deliveries.list({ maxCount: 1 })
    expect(deliveries).toMatchObject([{ redeliveryOf: id }])
  })

  const broughtBy: readonly (readonly [which: string, answers: readonly Answer[]])[] = [
    ['the newest', [failing, failing]],
    ['an older', [failing, accepted, failing]],
  ]

  test.for(broughtBy)('leaves what %s copy brought', async ([, answers]) => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    await subscribeTo(emitter, { answers })
    const id = await deliver(emitter)
    await emitter.idle()
    for (let count = 0; count < 2; count += 1) {
      await emitter.deliveries.redeliver(id)
      await emitter.idle()
    }
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(0)
  })

  test('sends the newest of several lost copies, once, however many recover', async () => {
    const emitter = await open({ retry: { delaysMs: [0] }, breaker: { exhaustedCount: 100 } })
    const { receiver } = await subscribeTo(emitter, { answers: [failing, failing, failing] })
    const id = await deliver(emitter)
    await emitter.idle()
    for (let count = 0; count < 2; count += 1) {
      await emitter.deliveries.redeliver(id)
      await emitter.idle()
    }
    const counts = await Promise.all([1, 2, 3].map(() => emitter.deliveries.recover({ since: 0 })))
    expect(counts.reduce((sum, count) => sum + count)).toBe(1)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(4)
  })

  test('counts neither what has no body any more nor what lost its subscription', async () => {
    const clock = createManualClock()
    const emitter = await open({
      clock,
      pollMs: 10,
      retry: { delaysMs: [0] },
      retention: { bodyMs: 1_000, everyMs: 5 },
    })
    await subscribeTo(emitter, { answers: () => failing })
    await deliver(emitter)
    await emitter.idle()
    clock.advance(1_000)
    while ((await emitter.stats()).bodyBytes > 0) await new Promise(setImmediate)
    const { id } = await subscribeTo(emitter, { answers: () => failing })
    const { deliveries } = await emitter.emit(createPush())
    await emitter.idle()
    await emitter.subscriptions.delete(id)
    expect(deliveries).toHaveLength(2)
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(1)
  })
})

describe('the list of deliveries', () => {
  test('is narrowed by subscription, event, state and time, one or all together', async () => {
    const clock = createManualClock()
    const store = createMemoryStore()
    const emitter = await open({ store, clock, pollMs: 10, retry: { delaysMs: [0, 60_000] } })
    const first = await subscribeTo(emitter)
    const early = await emitter.emit(createPush())
    await emitter.idle()
    clock.advance(10)
    const second = await subscribeTo(emitter, { answers: () => failing })
    const late = await emitter.emit(createPush())
    await emitter.idle()
    const idsOf = async (filter: Parameters<Emitter['deliveries']['list']>[0]) =>
      (await emitter.deliveries.list(filter)).deliveries.map(({ id }) => id).toSorted()
    const lateOf = (id: string) =>
      late.deliveries.filter(({ subscriptionId }) => subscriptionId === id).map((delivery) => delivery.id)
    const earlyIds = early.deliveries.map(({ id }) => id)
    expect(await idsOf({ eventId: early.eventId })).toEqual(earlyIds)
    expect(await idsOf({ since: clock.now() })).toEqual(late.deliveries.map(({ id }) => id).toSorted())
    expect(await idsOf({ states: ['unfinished'] })).toEqual(lateOf(second.id))
    expect(await idsOf({ subscriptionId: first.id, states: ['delivered'], since: clock.now() })).toEqual(
      lateOf(first.id),
    )
    expect(await idsOf({ subscriptionId: second.id, eventId: late.eventId, states: ['unfinished'] })).toEqual(
      lateOf(second.id),
    )
    expect(await idsOf({ subscriptionId: second.id, eventId: early.eventId })).toEqual([])
  })

  test('neither skips nor repeats while more is written between its pages', async () => {
    const emitter = await open()
    await subscribeTo(emitter)
    const ids: string[] = []
    for (let count = 0; count < 5; count += 1) ids.push(await deliver(emitter))
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<Emitter['deliveries']['list']>> = await emitter.deliveries.list({
        maxCount: 2,
        cursor,
      })
      seen.push(...page.deliveries.map(({ id }) => id))
      cursor = page.next
      await deliver(emitter)
    } while (cursor !== null)
    expect(seen).toEqual(ids.toReversed())
  })
})

test('of a subscription that is gone nothing can be sent again, and the error names the subscription', async () => {
  const emitter = await open()
  const { id } = await subscribeTo(emitter)
  const deliveryId = await deliver(emitter)
  await emitter.idle()
  await emitter.subscriptions.delete(id)
  await expect(emitter.deliveries.redeliver(deliveryId)).rejects.toMatchObject({
    code: 'subscription.not-found',
    id,
    message: expect.stringContaining(deliveryId),
  })
})

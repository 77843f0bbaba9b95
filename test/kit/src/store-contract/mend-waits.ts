import {
  type HealthUpdate,
  laneScope,
  type MendAnswer,
  type StoreHandle,
  subscriptionScope,
} from '@posthorn/core'
import { describe, expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  claimWith,
  delivered,
  readDelivery,
  sampleAttempt,
  settleOne,
} from './samples.ts'

const request = {
  maxFirstWaitMs: 1_000,
  maxRetryWaitMs: 10_000,
  maxParkMs: 5_000,
  maxCount: 100,
  cursor: null,
}
const leap = 1_000_000
const lane = laneScope('https://one.example')

export function mendWaitsContract(contractTest: ContractTest): void {
  contractTest('a first attempt that is due too far ahead is due now', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const soon = await appendOne(one, ids, record, { delayMs: 1_000 })
    const late = await appendOne(one, ids, record, { delayMs: 1_001 })
    expect(await two.mendWaits(request)).toMatchObject({ mendedCount: 1 })
    expect(await claimIds(one)).toEqual([late])
    await advance(1_000)
    expect(await claimIds(one)).toEqual([soon])
  })

  contractTest('a ping is mended as a first attempt is', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids, { isActive: false })
    await advance(leap)
    const ping = await appendOne(one, ids, record, { isPing: true })
    await advance(-leap)
    expect(await claimIds(two)).toEqual([])
    expect(await mendAll(two)).toBe(1)
    expect(await claimIds(two)).toEqual([ping])
  })

  contractTest('a retry may wait for as long as retries do, and no longer', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const [kept, mended] = [await appendOne(one, ids, record), await appendOne(one, ids, record)]
    await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 10_000, isSetAside: false })
    await settleOne(one, await claimOne(one), { kind: 'release', delayMs: 10_001 })
    expect(await mendAll(two)).toBe(1)
    expect(await claimIds(one)).toEqual([mended])
    expect((await readDelivery(one, kept)).state).toBe('pending')
  })

  contractTest('a mended retry keeps its count of attempts', async ({ one, two, ids, advance }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    await advance(leap)
    await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 5_000, isSetAside: false })
    await advance(-leap)
    await mendAll(two)
    expect(await readDelivery(two, id)).toMatchObject({ state: 'pending', attemptCount: 1 })
    expect(await claimIds(two, { maxRetries: 0 })).toEqual([])
    expect(await claimOne(two)).toMatchObject({ deliveryId: id, attemptNumber: 2, countedAttemptCount: 1 })
  })

  contractTest('what keeps an order is mended in its place, behind its head too', async (stores) => {
    const { one, two, ids, advance } = stores
    const record = await addSubscription(one, ids, { isOrdered: true })
    const head = await appendOne(one, ids, record, { orderKey: 'a' })
    await advance(leap)
    await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 5_000, isSetAside: false })
    const behind = await appendOne(one, ids, record, { orderKey: 'a' })
    const other = await appendOne(one, ids, record, { orderKey: 'b' })
    await advance(-leap)
    expect(await claimIds(two)).toEqual([])
    expect(await mendAll(two, 2)).toBe(3)
    const claimed = (await claimWith(two)).deliveries
    expect(claimed.map(({ deliveryId }) => deliveryId).toSorted()).toEqual([head, other].toSorted())
    await two.settle(
      claimed.map(({ token }) => ({ token, attempt: sampleAttempt, isCounted: true, next: delivered })),
    )
    expect(await claimIds(two)).toEqual([behind])
  })

  contractTest('a parking that lasts too long ends, of a subscription and of a lane', async (stores) => {
    const { one, two, ids, advance } = stores
    const [first, second] = [
      await addSubscription(one, ids),
      await addSubscription(one, ids, { lane: 'https://two.example' }),
    ]
    const scopes = [subscriptionScope(first.id), laneScope('https://two.example')]
    await advance(leap)
    for (const scope of scopes) await one.compareAndSetHealth(scope, 0, parked(5_000))
    await advance(-leap)
    const waiting = [await appendOne(one, ids, first), await appendOne(one, ids, second)]
    expect(await claimIds(two)).toEqual([])
    expect(await mendAll(two)).toBe(2)
    expect((await claimIds(two)).toSorted()).toEqual(waiting.toSorted())
    for (const scope of scopes)
      expect(await one.readHealth(scope)).toEqual({
        scope,
        version: 2,
        parkedUntil: null,
        maxLeasedCount: 1,
        state: { kept: true },
      })
  })

  contractTest('whoever read a parking before it was mended cannot write it back', async (stores) => {
    const { one, two, advance } = stores
    await advance(leap)
    await one.compareAndSetHealth(lane, 0, parked(5_000))
    await advance(-leap)
    await mendAll(two)
    expect((await one.compareAndSetHealth(lane, 1, parked(leap))).kind).toBe('conflict')
  })

  contractTest('what waits as long as it may is left alone, and so are health and order', async (stores) => {
    const { one, two, ids } = stores
    const record = await addSubscription(one, ids)
    const ordered = await addSubscription(one, ids, { isOrdered: true })
    const waiting = [
      await appendOne(one, ids, record, { delayMs: 1_000 }),
      await appendOne(one, ids, ordered, { delayMs: 1_000, orderKey: 'a' }),
    ]
    await one.compareAndSetHealth(lane, 0, parked(5_000))
    const before = await one.getDeliveries(waiting)
    expect(await mendAll(two)).toBe(0)
    expect(await one.getDeliveries(waiting)).toEqual(before)
    expect(await one.readHealth(lane)).toMatchObject({ version: 1 })
  })

  contractTest(
    'a pass mends everything in small steps, and the next one has nothing to do',
    async (stores) => {
      const { one, two, ids, advance } = stores
      await advance(leap)
      const written: string[] = []
      for (const isOrdered of [false, true, false, true, false]) {
        const record = await addSubscription(one, ids, { isOrdered })
        for (const orderKey of ['a', 'b', 'c'])
          written.push(await appendOne(one, ids, record, { orderKey: isOrdered ? orderKey : null }))
        await one.compareAndSetHealth(subscriptionScope(record.id), 0, { ...parked(1), maxLeasedCount: null })
      }
      await advance(-leap)
      expect(await mendAll(two, 2)).toBe(written.length + 5)
      expect(await mendAll(one, 2)).toBe(0)
      expect((await claimIds(one)).toSorted()).toEqual(written.toSorted())
    },
  )

  contractTest('two passes at a time mend each wait once', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    await advance(leap)
    for (let count = 0; count < 20; count += 1) await appendOne(one, ids, record)
    await advance(-leap)
    const counts = await Promise.all([mendAll(one, 3), mendAll(two, 3)])
    expect(counts.reduce((sum, count) => sum + count)).toBe(20)
    expect(await claimIds(one)).toHaveLength(20)
  })

  contractTest('mending wakes the other handles, and only where there was something', async (stores) => {
    const { one, two, ids } = stores
    const record = await addSubscription(one, ids)
    await appendOne(one, ids, record, { delayMs: leap })
    let wakes = 0
    const woken = new Promise<void>((resolve) => {
      one.onWake(() => {
        wakes += 1
        resolve()
      })
    })
    await two.mendWaits(request)
    await woken
    await mendAll(two)
    await one.stats()
    expect(wakes).toBe(1)
  })

  describe('a delivery that was claimed while the clock was ahead', () => {
    contractTest('is due as soon as its lease is void', async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const ordered = await addSubscription(one, ids, { isOrdered: true })
      await advance(leap)
      const taken = [await appendOne(one, ids, record), await appendOne(one, ids, ordered, { orderKey: 'a' })]
      expect(await claimIds(one)).toHaveLength(2)
      await advance(-leap)
      expect((await claimIds(two)).toSorted()).toEqual(taken.toSorted())
    })

    contractTest('is due as soon as it is released', async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      await advance(20_000)
      const id = await appendOne(one, ids, record)
      const { token } = await claimOne(one, { leaseMs: 30_000 })
      await advance(-20_000)
      await one.release([token])
      expect(await claimIds(two)).toEqual([id])
    })
  })
}

function parked(parkForMs: number): HealthUpdate {
  return { parkForMs, maxLeasedCount: 1, state: { kept: true } }
}

/** A whole pass, which must end; gives how much it mended. */
async function mendAll(store: StoreHandle, maxCount: number = request.maxCount): Promise<number> {
  let mendedCount = 0
  let cursor: string | null = null
  for (let steps = 0; steps < 500; steps += 1) {
    const answer: MendAnswer = await store.mendWaits({ ...request, maxCount, cursor })
    expect(answer.mendedCount).toBeLessThanOrEqual(maxCount)
    mendedCount += answer.mendedCount
    cursor = answer.cursor
    if (cursor === null) return mendedCount
  }
  expect.unreachable('the pass has no end')
}

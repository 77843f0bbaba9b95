import { laneScope, maxOrderKeysPerClaim, nextDueInMs, subscriptionScope } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractStores, ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  appendTo,
  claimIds,
  claimOne,
  newAppend,
  newDelivery,
  settleOne,
} from './samples.ts'

export function dueContract(contractTest: ContractTest): void {
  contractTest('nothing waiting is null, something due is 0', async ({ one, two, ids }) => {
    expect(await nextDueInMs(one)).toBeNull()
    await appendOne(one, ids, await addSubscription(one, ids))
    expect(await nextDueInMs(two)).toBe(0)
  })

  contractTest('a delivery for later is not announced too late', async (stores) => {
    const { one, ids } = stores
    const record = await addSubscription(one, ids)
    await appendOne(one, ids, record, { delayMs: 9_000 })
    await appendOne(one, ids, record, { delayMs: 4_000 })
    await isNeverLate(stores)
  })

  contractTest('a retry is not announced too late', async (stores) => {
    const { one, ids } = stores
    await appendOne(one, ids, await addSubscription(one, ids))
    await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 3_000, isSetAside: false })
    await isNeverLate(stores)
  })

  contractTest('the end of a lease is not announced too late', async (stores) => {
    const { one, ids } = stores
    await appendOne(one, ids, await addSubscription(one, ids))
    await claimOne(one, { leaseMs: 2_000 })
    expect(await nextDueInMs(one)).toBeGreaterThan(0)
    await isNeverLate(stores)
  })

  for (const name of ['subscription', 'lane'] as const) {
    contractTest(`the end of a parked ${name} is not announced too late, and not as due`, async (stores) => {
      const { one, ids } = stores
      const record = await addSubscription(one, ids)
      const scope = name === 'subscription' ? subscriptionScope(record.id) : laneScope(record.content.lane)
      await appendOne(one, ids, record)
      await one.compareAndSetHealth(scope, 0, { parkForMs: 6_000, maxLeasedCount: null, state: {} })
      expect(await nextDueInMs(one)).toBeGreaterThan(0)
      await isNeverLate(stores)
    })
  }

  contractTest('a queue that is full by its health is not due until a lease ends', async (stores) => {
    const { one, ids } = stores
    const record = await addSubscription(one, ids)
    await one.compareAndSetHealth(subscriptionScope(record.id), 0, {
      parkForMs: null,
      maxLeasedCount: 1,
      state: {},
    })
    await appendOne(one, ids, record)
    await appendOne(one, ids, record)
    await claimOne(one, { leaseMs: 2_000 })
    expect(await nextDueInMs(one)).toBeGreaterThan(0)
    await isNeverLate(stores)
  })

  contractTest('a ping of a queue that is held back is announced', async ({ one, ids }) => {
    const record = await addSubscription(one, ids, { isActive: false })
    await appendOne(one, ids, record)
    expect(await nextDueInMs(one)).toBeNull()
    await appendOne(one, ids, record, { isPing: true })
    expect(await nextDueInMs(one)).toBe(0)
  })

  contractTest('in an ordered queue only the head of each key is announced', async (stores) => {
    const { one, ids } = stores
    const record = await addSubscription(one, ids, { isOrdered: true })
    await appendOne(one, ids, record, { orderKey: 'a', delayMs: 5_000 })
    await appendOne(one, ids, record, { orderKey: 'a' })
    expect(await nextDueInMs(one)).toBeGreaterThan(0)
    await isNeverLate(stores)
  })

  contractTest(
    'a look for what is due visits no more order keys than documented, and the next one goes on',
    async (stores) => {
      const { one, two, ids, advance } = stores
      const record = await addSubscription(one, ids, { isOrdered: true })
      const keys = Array.from(
        { length: maxOrderKeysPerClaim + 50 },
        (_, place) => `key ${String(place).padStart(5, '0')}`,
      )
      const deliveries = keys.map((orderKey) => newDelivery(ids, record.id, { orderKey, delayMs: 60_000 }))
      await one.append(newAppend(ids, deliveries))
      const later = await addSubscription(one, ids)
      await appendOne(one, ids, later, { delayMs: 9_000 })
      const first = await two.nextDue(null)
      expect(first).toMatchObject({ dueInMs: 60_000, cursor: expect.any(String) })
      expect(await two.nextDue(first.cursor)).toEqual({ dueInMs: 9_000, cursor: null })
      await appendOne(one, ids, record, { orderKey: 'key 9', delayMs: 4_000 })
      expect(await two.nextDue(first.cursor)).toEqual({ dueInMs: 4_000, cursor: null })
      await advance(4_000)
      expect((await two.nextDue(null)).dueInMs).toBe(56_000)
      expect(await nextDueInMs(two)).toBe(0)
    },
  )

  contractTest(
    'a look for what is due goes on behind an ordered queue that is gone',
    async ({ one, ids }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const keys = Array.from({ length: maxOrderKeysPerClaim + 50 }, (_, place) => `${10_000 + place}`)
      const deliveries = keys.map((orderKey) => newDelivery(ids, record.id, { orderKey, delayMs: 60_000 }))
      await one.append(newAppend(ids, deliveries))
      await appendOne(one, ids, await addSubscription(one, ids), { delayMs: 9_000 })
      const { cursor } = await one.nextDue(null)
      await one.deleteSubscriptions([record.id])
      expect(await one.nextDue(cursor)).toEqual({ dueInMs: 9_000, cursor: null })
    },
  )

  contractTest('one queue that is due is found among 2,000 that are not', async ({ one, two, ids }) => {
    const records = []
    for (let count = 0; count < 2_000; count += 1) records.push(await addSubscription(one, ids))
    await appendTo(one, ids, records, { delayMs: 60_000 })
    expect(await nextDueInMs(two)).toBeGreaterThan(0)
    const page = await two.nextDue(null)
    expect(page.cursor).not.toBeNull()
    expect(page.dueInMs).toBeGreaterThan(0)
    await appendTo(one, ids, records.slice(-1))
    expect(await nextDueInMs(two)).toBe(0)
  })
}

/** Waits as it is told, again and again, and never finds that something could have been claimed before. */
async function isNeverLate({ one, two, advance }: ContractStores): Promise<void> {
  for (let count = 0; count < 10; count += 1) {
    const waitMs = await nextDueInMs(two)
    expect(waitMs).not.toBeNull()
    if (waitMs === null || waitMs === 0) break
    await advance(waitMs - 1)
    expect(await claimIds(one)).toEqual([])
    await advance(1)
  }
  expect(await nextDueInMs(two)).toBe(0)
  expect(await claimIds(one)).toHaveLength(1)
}

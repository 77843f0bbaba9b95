import { laneScope, subscriptionScope } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimOne,
  delivered,
  newAppend,
  newDelivery,
  settleOne,
} from './samples.ts'

export function statsContract(contractTest: ContractTest): void {
  contractTest('an empty store counts nothing', async ({ one }) => {
    const { storeNow, ...counts } = await one.stats()
    expect(storeNow).toEqual(expect.any(Number))
    expect(counts).toEqual({
      subscriptionCount: 0,
      pendingCount: 0,
      parkedCount: 0,
      dueCount: 0,
      leasedCount: 0,
      oldestDueAgeMs: null,
      bodyBytes: 0,
    })
  })

  contractTest('deliveries are counted by where they are', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const laneMate = await addSubscription(one, ids, { lane: 'https://parked.example' })
    const stopped = await addSubscription(one, ids, { isActive: false })
    await appendOne(one, ids, record)
    await settleOne(one, await claimOne(one), delivered)
    await appendOne(one, ids, record)
    await claimOne(one, { leaseMs: 2_000 })
    await appendOne(one, ids, record, { delayMs: 60_000 })
    await appendOne(one, ids, laneMate)
    await appendOne(one, ids, stopped)
    await appendOne(one, ids, stopped, { isPing: true })
    await one.compareAndSetHealth(laneScope('https://parked.example'), 0, {
      parkForMs: 1_000,
      maxLeasedCount: null,
      state: {},
    })
    expect(await two.stats()).toMatchObject({
      subscriptionCount: 3,
      pendingCount: 4,
      parkedCount: 2,
      dueCount: 1,
      leasedCount: 1,
    })
    await advance(2_000)
    expect(await two.stats()).toMatchObject({ pendingCount: 5, parkedCount: 1, dueCount: 3, leasedCount: 0 })
  })

  contractTest(
    'the age of the oldest due delivery is that since it was due',
    async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids)
      await appendOne(one, ids, record, { delayMs: 1_000 })
      await appendOne(one, ids, record, { delayMs: 1_200 })
      expect((await one.stats()).oldestDueAgeMs).toBeNull()
      await advance(1_500)
      expect((await one.stats()).oldestDueAgeMs).toBe(500)
      await claimOne(one)
      expect((await one.stats()).oldestDueAgeMs).toBe(300)
    },
  )

  contractTest(
    'what is held back is not due, however long ago its time came',
    async ({ one, two, ids, advance }) => {
      const parked = await addSubscription(one, ids)
      const inactive = await addSubscription(one, ids, { isActive: false })
      const ordered = await addSubscription(one, ids, { isOrdered: true })
      await one.compareAndSetHealth(subscriptionScope(parked.id), 0, {
        parkForMs: 5_000,
        maxLeasedCount: null,
        state: {},
      })
      await appendOne(one, ids, parked)
      await appendOne(one, ids, inactive)
      await advance(1_000)
      expect(await two.stats()).toMatchObject({ pendingCount: 2, dueCount: 0, oldestDueAgeMs: null })
      await appendOne(one, ids, ordered, { orderKey: 'a' })
      await appendOne(one, ids, ordered, { orderKey: 'a' })
      await appendOne(one, ids, ordered, { orderKey: 'b', delayMs: 60_000 })
      await advance(1_000)
      expect(await two.stats()).toMatchObject({ pendingCount: 5, dueCount: 2, oldestDueAgeMs: 1_000 })
      await advance(3_000)
      expect(await two.stats()).toMatchObject({ parkedCount: 1, dueCount: 3, oldestDueAgeMs: 5_000 })
    },
  )

  contractTest(
    'bytes of bodies are counted once, however many deliveries use them',
    async ({ one, two, ids }) => {
      const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
      const request = newAppend(
        ids,
        records.map(({ id }) => newDelivery(ids, id)),
      )
      await one.append({
        ...request,
        bodies: request.bodies.map((body) => ({ ...body, bytes: new Uint8Array(1_234) })),
      })
      expect((await two.stats()).bodyBytes).toBe(1_234)
    },
  )
}

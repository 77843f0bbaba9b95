import { nextDueInMs } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  delivered,
  readDelivery,
  settleOne,
} from './samples.ts'

export function leasesContract(contractTest: ContractTest): void {
  contractTest(
    'a lease that ran out is taken over, with the same number of attempts',
    async ({ one, two, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const first = await claimOne(one, { leaseMs: 1_000 })
      await advance(999)
      expect(await claimIds(two)).toEqual([])
      await advance(1)
      expect((await readDelivery(two, id)).state).toBe('pending')
      const second = await claimOne(two, { leaseMs: 1_000 })
      expect(second).toMatchObject({ deliveryId: id, attemptNumber: 1 })
      expect(second.token).not.toBe(first.token)
    },
  )

  contractTest(
    'a settle under a lost lease is refused and changes nothing',
    async ({ one, two, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const lost = await claimOne(one, { leaseMs: 1_000 })
      await advance(1_000)
      const taken = await claimOne(two)
      expect(await settleOne(one, lost, { kind: 'retry', delayMs: 9_000, isSetAside: false })).toBe(
        'lease-lost',
      )
      expect(await readDelivery(one, id)).toMatchObject({ state: 'leased', attemptCount: 0 })
      expect(await settleOne(two, taken, delivered)).toBe('settled')
      expect(await settleOne(one, lost, delivered)).toBe('lease-lost')
      expect(await one.listAttempts(id)).toHaveLength(1)
    },
  )

  contractTest(
    'a lease that is over is lost even before anybody takes it over',
    async ({ one, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const claimed = await claimOne(one, { leaseMs: 1_000 })
      await advance(1_000)
      expect(await settleOne(one, claimed, delivered)).toBe('lease-lost')
      expect(await one.renew([claimed.token], 1_000)).toEqual([claimed.token])
      expect(await readDelivery(one, id)).toMatchObject({ state: 'pending', attemptCount: 0 })
    },
  )

  contractTest('a renewed lease lasts from then on', async ({ one, two, ids, advance }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one, { leaseMs: 1_000 })
    await advance(900)
    expect(await one.renew([claimed.token], 1_000)).toEqual([])
    await advance(900)
    expect(await claimIds(two)).toEqual([])
    expect(await settleOne(one, claimed, delivered)).toBe('settled')
    expect((await readDelivery(two, id)).state).toBe('delivered')
  })

  contractTest(
    'renew lists the tokens that were lost and renews the others',
    async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const lostId = await appendOne(one, ids, record)
      const short = await claimOne(one, { leaseMs: 1_000 })
      await appendOne(one, ids, record)
      const long = await claimOne(one, { leaseMs: 5_000 })
      await advance(1_000)
      expect(await two.renew([short.token, long.token, 'unknown'], 5_000)).toEqual([short.token, 'unknown'])
      await advance(4_500)
      expect(await claimIds(two)).toEqual([lostId])
    },
  )

  contractTest(
    'what is released is due at once, at its old place, with nothing recorded',
    async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const first = await appendOne(one, ids, record)
      await advance(10)
      const second = await appendOne(one, ids, record)
      const claimed = await claimOne(one)
      await one.release([claimed.token, 'unknown'])
      expect(await readDelivery(two, first)).toMatchObject({ state: 'pending', attemptCount: 0 })
      expect(await claimIds(two)).toEqual([first, second])
      expect(await settleOne(one, claimed, delivered)).toBe('lease-lost')
      expect(await one.listAttempts(first)).toEqual([])
    },
  )

  contractTest(
    'releasing a lost lease does not touch who took it over',
    async ({ one, two, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const lost = await claimOne(one, { leaseMs: 1_000 })
      await advance(1_000)
      const taken = await claimOne(two)
      await one.release([lost.token])
      expect((await readDelivery(one, id)).state).toBe('leased')
      expect(await settleOne(two, taken, delivered)).toBe('settled')
    },
  )

  contractTest('leases outlive the handle that took them', async ({ one, two, ids, advance }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one, { leaseMs: 1_000 })
    await one.close()
    expect(await claimIds(two)).toEqual([])
    expect(await two.renew([claimed.token], 1_000)).toEqual([])
    await advance(1_000)
    expect(await claimIds(two)).toEqual([id])
  })

  contractTest('a clock set back a little keeps the lease', async ({ one, two, ids, advance }) => {
    await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one, { leaseMs: 10_000 })
    await advance(-10_000)
    expect(await claimIds(two)).toEqual([])
    expect(await settleOne(one, claimed, delivered)).toBe('settled')
  })

  contractTest(
    'a clock set back further than the lease ends it, so that it cannot last for hours',
    async (stores) => {
      const { one, two, ids, advance } = stores
      const record = await addSubscription(one, ids)
      await advance(60_000)
      const id = await appendOne(one, ids, record, { delayMs: -60_000 })
      const claimed = await claimOne(one, { leaseMs: 10_000 })
      await advance(-10_001)
      expect(await settleOne(one, claimed, delivered)).toBe('lease-lost')
      expect((await readDelivery(one, id)).state).toBe('pending')
      expect(await nextDueInMs(two)).toBe(0)
      expect(await claimIds(two)).toEqual([id])
    },
  )

  contractTest('a clock set back ends the short lease behind a long one that still holds', async (stores) => {
    const { one, two, ids, advance } = stores
    const record = await addSubscription(one, ids)
    await appendOne(one, ids, record, { delayMs: -60_000 })
    const long = await claimOne(one, { leaseMs: 20_000 })
    await advance(15_000)
    const voided = await appendOne(one, ids, record, { delayMs: -60_000 })
    const short = await claimOne(one, { leaseMs: 10_000 })
    await advance(-30_000)
    expect(await claimIds(two)).toEqual([voided])
    expect([await settleOne(one, long, delivered), await settleOne(one, short, delivered)]).toEqual([
      'settled',
      'lease-lost',
    ])
  })

  contractTest(
    'a clock set forward costs a duplicate and no delivery',
    async ({ one, two, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const claimed = await claimOne(one)
      await advance(86_400_000)
      const again = await claimOne(two)
      expect(again.deliveryId).toBe(id)
      expect(await settleOne(one, claimed, delivered)).toBe('lease-lost')
      expect(await settleOne(two, again, delivered)).toBe('settled')
    },
  )
}

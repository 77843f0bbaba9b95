import {
  type HealthScope,
  laneScope,
  type SubscriptionContent,
  type SubscriptionRecord,
  subscriptionScope,
} from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  claimWith,
  delivered,
  readDelivery,
  sampleContent,
  settleOne,
  webhookLimit,
} from './samples.ts'

const stops: readonly { readonly name: string; readonly changes: Partial<SubscriptionContent> }[] = [
  { name: 'inactive', changes: { isActive: false } },
  { name: 'disabled', changes: { disabled: { at: 1, reason: 'exhausted' } } },
]

const scopes: readonly { readonly name: string; readonly of: (record: SubscriptionRecord) => HealthScope }[] =
  [
    { name: 'subscription', of: ({ id }) => subscriptionScope(id) },
    { name: 'lane', of: ({ content }) => laneScope(content.lane) },
  ]

const parked = { parkForMs: 10_000, maxLeasedCount: null, state: {} }

export function holdingBackContract(contractTest: ContractTest): void {
  for (const { name, changes } of stops) {
    contractTest(
      `deliveries of an ${name} subscription wait as parked, and go once it is not`,
      async (stores) => {
        const { one, two, ids } = stores
        const record = await addSubscription(one, ids, changes)
        const id = await appendOne(one, ids, record)
        expect(await claimIds(two)).toEqual([])
        expect((await readDelivery(two, id)).state).toBe('parked')
        await two.updateSubscription(record.id, 1, sampleContent, webhookLimit)
        expect((await readDelivery(one, id)).state).toBe('pending')
        expect(await claimIds(one)).toEqual([id])
      },
    )

    contractTest(`a ping goes through an ${name} subscription`, async ({ one, ids }) => {
      const record = await addSubscription(one, ids, changes)
      await appendOne(one, ids, record)
      const ping = await appendOne(one, ids, record, { isPing: true })
      expect((await readDelivery(one, ping)).state).toBe('pending')
      expect((await claimWith(one)).deliveries).toMatchObject([{ deliveryId: ping, isPing: true }])
    })
  }

  for (const { name, of } of scopes) {
    contractTest(
      `a parked ${name} gives nothing until its time is over`,
      async ({ one, two, ids, advance }) => {
        const record = await addSubscription(one, ids)
        const other = await addSubscription(one, ids, { lane: 'https://other.example' })
        const id = await appendOne(one, ids, record)
        await one.compareAndSetHealth(of(record), 0, parked)
        const free = await appendOne(one, ids, other)
        expect(await claimIds(two)).toEqual([free])
        await advance(9_999)
        expect(await claimIds(two)).toEqual([])
        expect((await readDelivery(two, id)).state).toBe('parked')
        await advance(1)
        expect((await readDelivery(two, id)).state).toBe('pending')
        expect(await claimIds(two)).toEqual([id])
      },
    )

    contractTest(`pings go through a parked ${name}, as far as its lane has room`, async ({ one, ids }) => {
      const record = await addSubscription(one, ids)
      await one.compareAndSetHealth(of(record), 0, { ...parked, maxLeasedCount: 0 })
      await appendOne(one, ids, record)
      const pings = [
        await appendOne(one, ids, record, { isPing: true }),
        await appendOne(one, ids, record, { isPing: true }),
      ]
      expect(await claimIds(one, { defaultRoom: 0 })).toEqual([])
      expect(await claimIds(one, { defaultRoom: 1 })).toEqual(pings.slice(0, 1))
      expect(await claimIds(one)).toEqual(pings.slice(1))
    })

    contractTest(
      `pings of a parked ${name} wait for room of their own, and hold up nothing else`,
      async ({ one, ids }) => {
        const record = await addSubscription(one, ids)
        const other = await addSubscription(one, ids, { lane: 'https://other.example' })
        await one.compareAndSetHealth(of(record), 0, parked)
        const ping = await appendOne(one, ids, record, { isPing: true })
        const otherPing = await appendOne(one, ids, other, { isPing: true })
        const behind = await appendOne(one, ids, other)
        expect(await claimIds(one, { maxPings: 0 })).toEqual([behind])
        expect(await claimIds(one, { pingRoomByLane: new Map([[record.content.lane, 0]]) })).toEqual([
          otherPing,
        ])
        expect(await claimIds(one, { defaultPingRoom: 0 })).toEqual([])
        expect(await claimIds(one, { maxRestrained: 0, maxRetries: 0, maxPerSubscription: 0 })).toEqual([
          ping,
        ])
      },
    )

    contractTest(
      `no more of a ${name} are leased than its health allows, over all handles`,
      async ({ one, two, ids }) => {
        const record = await addSubscription(one, ids)
        await one.compareAndSetHealth(of(record), 0, { parkForMs: null, maxLeasedCount: 2, state: {} })
        for (let count = 0; count < 6; count += 1) await appendOne(one, ids, record)
        const answers = await Promise.all([one, two, one, two].map((store) => claimWith(store)))
        const claimed = answers.flatMap(({ deliveries }) => deliveries)
        expect(claimed).toHaveLength(2)
        const [first] = claimed
        if (first !== undefined) await settleOne(two, first, delivered)
        expect(await claimIds(one)).toHaveLength(1)
        await two.compareAndSetHealth(of(record), 1, { parkForMs: null, maxLeasedCount: null, state: {} })
        expect(await claimIds(one)).toHaveLength(3)
      },
    )

    contractTest(`pings do not use up what the health of a ${name} allows`, async ({ one, ids }) => {
      const record = await addSubscription(one, ids)
      await one.compareAndSetHealth(of(record), 0, { parkForMs: null, maxLeasedCount: 1, state: {} })
      const pings: string[] = []
      for (let count = 0; count < 2; count += 1) {
        pings.push(await appendOne(one, ids, record, { isPing: true }))
        await appendOne(one, ids, record)
      }
      const first = await claimOne(one)
      const { deliveries } = await claimWith(one)
      expect([first, ...deliveries].map(({ isPing }) => isPing)).toEqual([true, true, false])
      expect([first, ...deliveries].slice(0, 2).map(({ deliveryId }) => deliveryId)).toEqual(pings)
    })

    contractTest(`a lease that is over frees its place in a ${name}`, async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      await one.compareAndSetHealth(of(record), 0, { parkForMs: null, maxLeasedCount: 1, state: {} })
      const id = await appendOne(one, ids, record)
      await appendOne(one, ids, record)
      await claimOne(one, { leaseMs: 1_000 })
      expect(await claimIds(two)).toEqual([])
      await advance(1_000)
      expect(await claimIds(two)).toEqual([id])
    })
  }

  contractTest('a lane bounds all of its subscriptions together', async ({ one, ids }) => {
    const records = [
      await addSubscription(one, ids),
      await addSubscription(one, ids),
      await addSubscription(one, ids),
    ]
    await one.compareAndSetHealth(laneScope(sampleContent.lane), 0, {
      parkForMs: null,
      maxLeasedCount: 2,
      state: {},
    })
    for (const record of records) await appendOne(one, ids, record)
    expect(await claimIds(one)).toHaveLength(2)
    expect(await claimIds(one)).toHaveLength(0)
  })

  contractTest('the oldest pending delivery is the one that probes', async ({ one, ids, advance }) => {
    const record = await addSubscription(one, ids)
    await one.compareAndSetHealth(subscriptionScope(record.id), 0, { ...parked, maxLeasedCount: 1 })
    const oldest = await appendOne(one, ids, record)
    await advance(5)
    await appendOne(one, ids, record)
    await advance(10_000)
    expect(await claimIds(one)).toEqual([oldest])
  })
}

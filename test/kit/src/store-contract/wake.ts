import { subscriptionScope } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractStores, ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  delivered,
  sampleContent,
  settleOne,
  webhookLimit,
} from './samples.ts'

const parked = { parkForMs: 60_000, maxLeasedCount: null, state: {} }

/** Writes that let something be claimed sooner. `prepare` comes before anybody listens. */
const writes: readonly {
  readonly name: string
  readonly prepare: (stores: ContractStores) => Promise<(stores: ContractStores) => Promise<unknown>>
}[] = [
  {
    name: 'an append',
    prepare: async ({ one, ids }) => {
      const record = await addSubscription(one, ids)
      return ({ two }) => appendOne(two, ids, record)
    },
  },
  {
    name: 'a copy',
    prepare: async ({ one, ids }) => {
      const sourceId = await appendOne(one, ids, await addSubscription(one, ids))
      await settleOne(one, await claimOne(one), delivered)
      return ({ two }) => two.copyDeliveries([{ sourceId, id: ids.next() }])
    },
  },
  {
    name: 'an update that ends a stop',
    prepare: async ({ one, ids }) => {
      const record = await addSubscription(one, ids, { isActive: false })
      await appendOne(one, ids, record)
      return ({ two }) => two.updateSubscription(record.id, 1, sampleContent, webhookLimit)
    },
  },
  {
    name: 'health that is better',
    prepare: async ({ one, ids }) => {
      const record = await addSubscription(one, ids)
      await appendOne(one, ids, record)
      await one.compareAndSetHealth(subscriptionScope(record.id), 0, parked)
      return ({ two }) =>
        two.compareAndSetHealth(subscriptionScope(record.id), 1, { ...parked, parkForMs: null })
    },
  },
]

export function wakeContract(contractTest: ContractTest): void {
  for (const { name, prepare } of writes) {
    contractTest(`${name} on one handle wakes the other`, async (stores) => {
      const write = await prepare(stores)
      expect(await claimIds(stores.one)).toEqual([])
      const { promise, resolve } = Promise.withResolvers<void>()
      const end = stores.one.onWake(resolve)
      await write(stores)
      await promise
      end()
      expect(await claimIds(stores.one)).toHaveLength(1)
    })
  }

  contractTest('every listener is called, and none that has ended', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const calls: string[] = []
    const first = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    one.onWake(() => calls.push('ended'))()
    const ends = [one.onWake(first.resolve), one.onWake(second.resolve)]
    await appendOne(two, ids, record)
    await Promise.all([first.promise, second.promise])
    for (const end of ends) end()
    expect(calls).toEqual([])
  })
}

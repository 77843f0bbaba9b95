import type { Delivery, DeliveryFilter, StoreHandle } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractStores, ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  appendTo,
  claimOne,
  delivered,
  newAppend,
  newDelivery,
  settleOne,
} from './samples.ts'

export function historyContract(contractTest: ContractTest): void {
  contractTest('deliveries are got by id, those that do not exist left out', async ({ one, two, ids }) => {
    const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
    const written = await appendTo(one, ids, records)
    const found = await two.getDeliveries([ids.next(), ...written])
    expect(found.map(({ id }) => id).sort()).toEqual([...written].sort())
    expect(await two.getDeliveries([])).toEqual([])
  })

  contractTest('deliveries are listed newest first', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const written: string[] = []
    for (let count = 0; count < 4; count += 1) {
      written.push(await appendOne(one, ids, record))
      if (count % 2 === 1) await advance(5)
    }
    expect(await listIds(two, {})).toEqual([...written].reverse())
  })

  contractTest('a list is restricted by every member of its filter', async (stores) => {
    const { one, two } = stores
    const past = await writePast(stores)
    expect(await listIds(two, { subscriptionId: past.record.id })).toEqual([
      past.pending,
      past.leased,
      past.cancelled,
      past.done,
    ])
    expect(await listIds(two, { states: ['delivered'] })).toEqual([past.otherDone, past.done])
    expect(await listIds(two, { states: ['unfinished'] })).toEqual([past.pending, past.leased])
    expect(await listIds(two, { states: ['cancelled', 'unfinished'] })).toEqual([
      past.pending,
      past.leased,
      past.cancelled,
    ])
    expect(await listIds(two, { states: [] })).toEqual([])
    expect(await listIds(two, { eventId: past.eventId })).toEqual([past.pending])
    expect(await listIds(two, { eventId: past.eventId, states: ['delivered'] })).toEqual([])
    expect(await listIds(two, { subscriptionId: past.record.id, states: ['delivered'] })).toEqual([past.done])
    const leased = await one.getDeliveries([past.leased])
    expect(await listIds(two, { since: leased[0]?.createdAt ?? 0 })).toEqual([
      past.otherDone,
      past.pending,
      past.leased,
    ])
    expect(await listIds(two, { subscriptionId: past.record.id, eventId: 'unknown' })).toEqual([])
  })

  contractTest(
    'pages follow one another without a gap or a repetition, while more is written',
    async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const written: string[] = []
      for (let count = 0; count < 25; count += 1) {
        written.push(await appendOne(one, ids, record))
        if (count % 3 === 0) await advance(1)
      }
      const listed: string[] = []
      const pageSizes: number[] = []
      let cursor: string | null = null
      do {
        const page: { deliveries: readonly Delivery[]; next: string | null } = await two.listDeliveries(
          { subscriptionId: record.id },
          { maxCount: 10, cursor },
        )
        listed.push(...page.deliveries.map(({ id }) => id))
        pageSizes.push(page.deliveries.length)
        cursor = page.next
        await appendOne(one, ids, record)
      } while (cursor !== null)
      expect(listed).toEqual([...written].reverse())
      expect(pageSizes).toEqual([10, 10, 5])
    },
  )

  contractTest('a page that ends with the last delivery has no next one', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    for (let count = 0; count < 4; count += 1) await appendOne(one, ids, record)
    const first = await one.listDeliveries({}, { maxCount: 2, cursor: null })
    expect(first.next).not.toBeNull()
    const second = await one.listDeliveries({}, { maxCount: 2, cursor: first.next })
    expect(second.deliveries).toHaveLength(2)
    expect(second.next).toBeNull()
    const whole = await one.listDeliveries({}, { maxCount: 4, cursor: null })
    expect(whole.next).toBeNull()
  })

  contractTest('a filter holds over pages too', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    for (let count = 0; count < 6; count += 1) {
      await appendOne(one, ids, record)
      const claimed = await claimOne(one)
      if (count % 2 === 0) await settleOne(one, claimed, delivered)
      else await one.cancelDeliveries([claimed.deliveryId])
    }
    const filter: DeliveryFilter = { states: ['delivered'] }
    const first = await one.listDeliveries(filter, { maxCount: 2, cursor: null })
    const second = await one.listDeliveries(filter, { maxCount: 2, cursor: first.next })
    expect([first, second].map(({ deliveries }) => deliveries.length)).toEqual([2, 1])
    expect(second.next).toBeNull()
  })

  contractTest('a delivery that does not exist has no attempts', async ({ one, ids }) => {
    expect(await one.listAttempts(ids.next())).toEqual([])
  })

  contractTest('what is given cannot be used to change the store', async ({ one, ids }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 0, isSetAside: false })
    const before = await one.listAttempts(id)
    const [attempt] = before
    try {
      Object.assign(attempt?.outcome ?? {}, { detail: 'changed' })
    } catch {
      // A frozen answer is as good as a copy.
    }
    expect((await one.listAttempts(id))[0]?.outcome.detail).toBe('from 192.0.2.1')
  })
}

async function listIds(store: StoreHandle, filter: DeliveryFilter): Promise<readonly string[]> {
  const { deliveries } = await store.listDeliveries(filter, { maxCount: 100, cursor: null })
  return deliveries.map(({ id }) => id)
}

/** A subscription with a delivery in each kind of state, and another one. */
async function writePast({ one, ids, advance }: ContractStores) {
  const record = await addSubscription(one, ids)
  const other = await addSubscription(one, ids)
  const done = await appendOne(one, ids, record)
  await settleOne(one, await claimOne(one), delivered)
  const cancelled = await appendOne(one, ids, record)
  await one.cancelDeliveries([cancelled])
  await advance(100)
  const leased = await appendOne(one, ids, record)
  await claimOne(one)
  const request = newAppend(ids, [newDelivery(ids, record.id, { delayMs: 60_000 })])
  await one.append(request)
  const otherDone = await appendOne(one, ids, other)
  await settleOne(one, await claimOne(one), delivered)
  return {
    record,
    done,
    cancelled,
    leased,
    pending: request.deliveries[0]?.id ?? '',
    eventId: request.event.id,
    otherDone,
  }
}

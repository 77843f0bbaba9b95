import { type ClaimAnswer, type ClaimRequest, maxOrderKeysPerQueue, type StoreHandle } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  appendTo,
  claimIds,
  claimOne,
  claimWith,
  delivered,
  newAppend,
  newDelivery,
  sampleContent,
  settleOne,
  toIds,
  webhookLimit,
} from './samples.ts'

export function orderContract(contractTest: ContractTest): void {
  contractTest(
    'of one order key only the oldest unfinished is claimed, whatever is due',
    async ({ one, two, ids }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const first = await appendOne(one, ids, record, { orderKey: 'a' })
      const second = await appendOne(one, ids, record, { orderKey: 'a' })
      const other = await appendOne(one, ids, record, { orderKey: 'b' })
      const free = await appendOne(one, ids, record)
      const answer = await claimWith(one)
      expect(answer.deliveries.map(({ deliveryId }) => deliveryId).sort()).toEqual(
        [first, other, free].sort(),
      )
      expect(await claimIds(two)).toEqual([])
      for (const claimed of answer.deliveries) await settleOne(one, claimed, delivered)
      expect(await claimIds(two)).toEqual([second])
    },
  )

  contractTest('parts of one event keep their order', async ({ one, ids }) => {
    const record = await addSubscription(one, ids, { isOrdered: true })
    const deliveries = [1, 2, 3].map((part) =>
      newDelivery(ids, record.id, { orderKey: 'a', part, partCount: 3 }),
    )
    await one.append(newAppend(ids, deliveries))
    const sent: string[] = []
    for (let count = 0; count < 3; count += 1) {
      const claimed = await claimOne(one)
      sent.push(claimed.deliveryId)
      await settleOne(one, claimed, delivered)
    }
    expect(sent).toEqual(deliveries.map(({ id }) => id))
  })

  contractTest(
    'a head that waits for its next attempt holds up those behind it',
    async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const first = await appendOne(one, ids, record, { orderKey: 'a' })
      await appendOne(one, ids, record, { orderKey: 'a' })
      await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 5_000, isSetAside: false })
      expect(await claimIds(one)).toEqual([])
      await advance(5_000)
      expect(await claimIds(one)).toEqual([first])
    },
  )

  contractTest('a delivery that is not yet due holds up those behind it', async ({ one, ids }) => {
    const record = await addSubscription(one, ids, { isOrdered: true })
    await appendOne(one, ids, record, { orderKey: 'a', delayMs: 5_000 })
    await appendOne(one, ids, record, { orderKey: 'a' })
    expect(await claimIds(one)).toEqual([])
  })

  contractTest(
    'one that was set aside holds up nobody, and goes on with its schedule',
    async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const first = await appendOne(one, ids, record, { orderKey: 'a' })
      const second = await appendOne(one, ids, record, { orderKey: 'a' })
      await settleOne(one, await claimOne(one), { kind: 'retry', delayMs: 5_000, isSetAside: true })
      expect(await claimIds(one)).toEqual([second])
      await advance(5_000)
      const again = await claimOne(one)
      expect(again.deliveryId).toBe(first)
      expect(await settleOne(one, again, { kind: 'retry', delayMs: 0, isSetAside: true })).toBe('settled')
      expect(await claimIds(one)).toEqual([first])
    },
  )

  contractTest('a lease that is over leaves its delivery at the head', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids, { isOrdered: true })
    const first = await appendOne(one, ids, record, { orderKey: 'a' })
    await appendOne(one, ids, record, { orderKey: 'a' })
    await claimOne(one, { leaseMs: 1_000 })
    await advance(1_000)
    expect(await claimIds(two)).toEqual([first])
  })

  for (const ending of ['cancel', 'age', 'trim'] as const) {
    contractTest(`a head that ends by ${ending} lets the next one go`, async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const first = await appendOne(one, ids, record, { orderKey: 'a', delayMs: 60_000 })
      await advance(10)
      const second = await appendOne(one, ids, record, { orderKey: 'a' })
      if (ending === 'cancel') await one.cancelDeliveries([first])
      if (ending === 'age') await one.endOverdue(10, 100)
      if (ending === 'trim') {
        const disabled = { at: 1, reason: 'gone' } as const
        await one.updateSubscription(record.id, 1, { ...record.content, disabled }, webhookLimit)
        await one.trimDisabled(1, 100, null)
        await one.updateSubscription(record.id, 2, record.content, webhookLimit)
      }
      expect(await claimIds(one)).toEqual([second])
    })
  }

  contractTest('a subscription that is not ordered keeps no order', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    for (let count = 0; count < 3; count += 1) await appendOne(one, ids, record, { orderKey: 'a' })
    expect(await claimIds(one)).toHaveLength(3)
  })

  contractTest(
    'the order of what is already written does not change with its subscription',
    async ({ one, ids }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const first = await appendOne(one, ids, record, { orderKey: 'a' })
      await appendOne(one, ids, record, { orderKey: 'a' })
      await one.updateSubscription(record.id, 1, sampleContent, webhookLimit)
      const later = await appendOne(one, ids, record, { orderKey: 'a' })
      expect([...(await claimIds(one))].sort()).toEqual([first, later].sort())
    },
  )

  contractTest('a ping belongs to no order', async ({ one, ids }) => {
    const record = await addSubscription(one, ids, { isOrdered: true })
    await appendOne(one, ids, record, { orderKey: 'a', delayMs: 5_000 })
    const ping = await appendOne(one, ids, record, { orderKey: 'a', isPing: true })
    expect(await claimIds(one)).toEqual([ping])
  })

  contractTest(
    'every order key has its turn, though some always have something due',
    async ({ one, ids }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const orderKeys = ['a', 'b', 'c', 'd', 'e']
      const waiting = new Map<string, string>()
      for (const orderKey of orderKeys) {
        for (let count = 0; count < 4; count += 1)
          waiting.set(await appendOne(one, ids, record, { orderKey }), orderKey)
      }
      const served: string[] = []
      for (let count = 0; count < 10; count += 1) {
        const claimed = await claimOne(one, { maxPerSubscription: 1 })
        served.push(waiting.get(claimed.deliveryId) ?? '')
        await settleOne(one, claimed, delivered)
      }
      for (const orderKey of orderKeys) expect(served.filter((key) => key === orderKey)).toHaveLength(2)
    },
  )

  contractTest(
    'between a head in order and one outside it the earlier due goes first',
    async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const inOrder = await appendOne(one, ids, record, { orderKey: 'a', delayMs: 20 })
      const late = await appendOne(one, ids, record, { delayMs: 30 })
      const early = await appendOne(one, ids, record, { delayMs: 10 })
      await advance(50)
      expect(await claimIds(one)).toEqual([early, inOrder, late])
    },
  )

  contractTest(
    '100,000 waiting behind one head hold up neither another key nor another queue',
    async ({ one, ids }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const other = await addSubscription(one, ids)
      for (let written = 0; written < 100_000; written += 1_000) {
        const deliveries = Array.from({ length: 1_000 }, () => newDelivery(ids, record.id, { orderKey: 'a' }))
        await one.append(newAppend(ids, deliveries))
      }
      const head = await claimOne(one)
      const behind = [await appendOne(one, ids, record, { orderKey: 'b' }), await appendOne(one, ids, other)]
      expect([...(await claimIds(one))].sort()).toEqual([...behind].sort())
      expect(await settleOne(one, head, delivered)).toBe('settled')
      expect(await claimIds(one)).toHaveLength(1)
    },
  )

  contractTest(
    'more blocked order keys than one claim visits do not hide the one that may go',
    async ({ one, ids }) => {
      const record = await addSubscription(one, ids, { isOrdered: true })
      const keyOf = (place: number) => `key ${String(place).padStart(5, '0')}`
      const blocked = Array.from({ length: 3 * maxOrderKeysPerQueue }, (_, place) =>
        newDelivery(ids, record.id, { orderKey: keyOf(place), delayMs: 60_000 }),
      )
      await one.append(newAppend(ids, blocked))
      const free = await appendOne(one, ids, record, { orderKey: keyOf(blocked.length) })
      // Keys go round, so one round of claims may begin in their middle, and the second then finds the rest.
      const claimed = [...(await claimWhileThereIsMore(one)), ...(await claimWhileThereIsMore(one))]
      expect(claimed).toEqual([free])
    },
  )

  contractTest(
    'a queue that was not asked for its order keys is not said to have more of them',
    async ({ one, ids }) => {
      const records = []
      for (let count = 0; count < 11; count += 1)
        records.push(await addSubscription(one, ids, { isOrdered: true }))
      for (let place = 0; place < maxOrderKeysPerQueue; place += 1)
        await appendTo(one, ids, records, { orderKey: `key ${place}`, delayMs: 60_000 })
      const [first] = records.toSorted((a, b) => (a.id < b.id ? -1 : 1))
      if (first === undefined) throw new Error('There is no subscription.')
      await one.updateSubscription(first.id, 1, { ...first.content, isActive: false }, webhookLimit)
      expect((await claimWith(one)).queuesWithMoreKeys).not.toContain(first.id)
    },
  )

  contractTest(
    'a claim ends where it has visited as many order keys as it may, and the next goes on there',
    async ({ one, ids }) => {
      const records = []
      for (let count = 0; count < 12; count += 1)
        records.push(await addSubscription(one, ids, { isOrdered: true }))
      for (let place = 0; place < maxOrderKeysPerQueue; place += 1)
        await appendTo(one, ids, records, { orderKey: `key ${place}`, delayMs: 60_000 })
      const first = await claimWith(one)
      expect(first.cursor).not.toBeNull()
      expect(first.deliveries).toEqual([])
      expect((await claimWith(one, { cursor: first.cursor })).cursor).toBeNull()
      const last = records.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(-1)
      const [free] = await appendTo(one, ids, last, { orderKey: 'other' })
      const claimed = [...(await claimWhileThereIsMore(one)), ...(await claimWhileThereIsMore(one))]
      expect(claimed).toEqual([free])
    },
  )
}

/** Claims as a worker does that finds nothing: from queue to queue, and then from those alone that have order keys left. */
async function claimWhileThereIsMore(store: StoreHandle): Promise<readonly string[]> {
  const claimed: string[] = []
  const left = new Set<string>()
  const claim = async (changes: Partial<ClaimRequest>): Promise<ClaimAnswer> => {
    const answer = await claimWith(store, changes)
    claimed.push(...toIds(answer))
    for (const id of answer.queuesWithMoreKeys) left.add(id)
    return answer
  }
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false)
    cursor = (await claim({ cursor })).cursor
  for (const id of left) {
    left.delete(id)
    await claim({ only: [id] })
  }
  return claimed
}

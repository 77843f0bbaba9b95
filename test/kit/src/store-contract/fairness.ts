import {
  type ClaimRequest,
  maxQueuesPerClaim,
  type StoreHandle,
  type SubscriptionRecord,
  subscriptionScope,
} from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import type { Ids } from './ids.ts'
import {
  addSubscription,
  appendTo,
  claimWith,
  type DeliveryChanges,
  newAppend,
  newDelivery,
  sampleContent,
  settleOne,
  single,
  toIds,
  webhookLimit,
} from './samples.ts'

/** What runs out, in claims that find room for one of it, and what makes a queue need it. */
const shares: readonly {
  readonly name: string
  readonly request: Partial<ClaimRequest>
  /** Without any of it. */
  readonly spent: Partial<ClaimRequest>
  readonly prepare: (store: StoreHandle, ids: Ids, records: readonly SubscriptionRecord[]) => Promise<void>
}[] = [
  {
    name: 'the room of a lane',
    request: { roomByLane: new Map([['https://one.example', 1]]) },
    spent: { roomByLane: new Map([['https://one.example', 0]]) },
    prepare: appendMany,
  },
  {
    name: 'the share of restrained queues',
    request: { maxRestrained: 1 },
    spent: { maxRestrained: 0 },
    prepare: appendRestrained,
  },
  {
    name: 'the share of restrained queues of a lane',
    request: { defaultRestrainedRoom: 1 },
    spent: { defaultRestrainedRoom: 0 },
    prepare: appendRestrained,
  },
  {
    name: 'the share of retries',
    request: { maxRetries: 1 },
    spent: { maxRetries: 0 },
    prepare: appendRetries,
  },
  { name: 'the share of pings', request: { maxPings: 1 }, spent: { maxPings: 0 }, prepare: appendPings },
  {
    name: 'the share of pings of a lane',
    request: { defaultPingRoom: 1 },
    spent: { defaultPingRoom: 0 },
    prepare: appendPings,
  },
]

export function fairnessContract(contractTest: ContractTest): void {
  contractTest('100,000 due deliveries of one queue hold up nobody', async ({ one, two, ids }) => {
    const crowded = await addSubscription(one, ids)
    await fill(one, ids, crowded, 100_000)
    const others = await addSubscriptions(one, ids, 20)
    await appendTo(two, ids, others)
    const { deliveries } = await claimWith(two, { maxCount: 21 })
    expect(new Set(deliveries.map(({ subscriptionId }) => subscriptionId)).size).toBe(21)
    expect((await claimWith(one, { maxCount: 100, maxPerSubscription: 10 })).deliveries).toHaveLength(10)
  })

  contractTest('the heads of the queues come in turn, and then their next ones', async ({ one, ids }) => {
    const records = await addSubscriptions(one, ids, 3)
    for (let count = 0; count < 3; count += 1) await appendTo(one, ids, records)
    const { deliveries } = await claimWith(one, { maxCount: 7 })
    const turns = deliveries.map(({ subscriptionId }) => subscriptionId)
    expect(new Set(turns.slice(0, 3)).size).toBe(3)
    expect(turns.slice(3, 6)).toEqual(turns.slice(0, 3))
    expect(turns[6]).toBe(turns[0])
  })

  contractTest(
    'the cursor goes on behind the queue that came last, until all had their turn',
    async ({ one, ids }) => {
      const records = await addSubscriptions(one, ids, 5)
      for (let count = 0; count < 2; count += 1) await appendTo(one, ids, records)
      const served: string[] = []
      let cursor: string | null = null
      do {
        const answer = await claimWith(one, { maxCount: 2, cursor })
        served.push(...answer.deliveries.map(({ subscriptionId }) => subscriptionId))
        cursor = answer.cursor
      } while (cursor !== null)
      expect([...served].sort()).toEqual(records.map(({ id }) => id).sort())
    },
  )

  contractTest('a cursor outlives the queue it names', async ({ one, ids }) => {
    const records = await addSubscriptions(one, ids, 3)
    await appendTo(one, ids, records)
    const first = await claimWith(one, { maxCount: 1 })
    expect(first.cursor).not.toBeNull()
    await one.deleteSubscriptions(first.deliveries.map(({ subscriptionId }) => subscriptionId))
    const second = await claimWith(one, { cursor: first.cursor })
    expect(second.deliveries).toHaveLength(2)
  })

  contractTest(
    'a claim visits no more queues than documented, and the next one goes on',
    async ({ one, ids }) => {
      const records = await addSubscriptions(one, ids, maxQueuesPerClaim + 50)
      await appendTo(one, ids, records, { delayMs: 60_000 })
      const [last] = await appendTo(one, ids, records.slice(-1))
      const first = await claimWith(one)
      expect(first.deliveries).toEqual([])
      expect(first.cursor).not.toBeNull()
      const second = await claimWith(one, { cursor: first.cursor })
      expect(toIds(second)).toEqual([last])
      expect(second.cursor).toBeNull()
    },
  )

  for (const { name, request, spent, prepare } of shares) {
    contractTest(`queues that need ${name} get what is left of it in turn`, async ({ one, ids }) => {
      const records = await addSubscriptions(one, ids, 4)
      await prepare(one, ids, records)
      const turns: string[] = []
      for (let count = 0; count < 8; count += 1) {
        const { deliveries } = await claimWith(one, request)
        turns.push(single(deliveries).subscriptionId)
      }
      expect(new Set(turns.slice(0, 4)).size).toBe(4)
      expect(turns.slice(4)).toEqual(turns.slice(0, 4))
    })

    contractTest(
      `queues that need ${name} get it in turn, too, where claims are cut short and it comes and goes`,
      async ({ one, ids }) => {
        const records = await addSubscriptions(one, ids, 3)
        // Between the second and the third, and behind it.
        const others = [...(await addSubscriptions(one, ids, 8, 'https://other.example'))]
        const last = await addSubscriptions(one, ids, 1)
        for (let count = 0; count < 10; count += 1) await appendTo(one, ids, others)
        for (let count = 0; count < 4; count += 1) await prepare(one, ids, [...records, ...last])
        const counts = new Map<string, number>()
        let cursor: string | null = null
        for (let count = 0; count < 60; count += 1) {
          const answer = await claimWith(one, {
            maxCount: 1,
            cursor,
            ...(count % 5 === 0 ? request : spent),
          })
          cursor = answer.cursor
          for (const { subscriptionId } of answer.deliveries) {
            counts.set(subscriptionId, (counts.get(subscriptionId) ?? 0) + 1)
          }
        }
        for (const { id } of [...records, ...last]) expect(counts.get(id) ?? 0).toBeGreaterThanOrEqual(2)
        for (const { id } of others) expect(counts.get(id) ?? 0).toBeGreaterThanOrEqual(2)
      },
    )

    contractTest(`a claim of some queues takes ${name} from nobody who waits`, async ({ one, ids }) => {
      const records = await addSubscriptions(one, ids, 2)
      await prepare(one, ids, records)
      const first = single((await claimWith(one, request)).deliveries).subscriptionId
      expect((await claimWith(one, { ...request, only: [first] })).deliveries).toEqual([])
      expect(single((await claimWith(one, request)).deliveries).subscriptionId).not.toBe(first)
      expect((await claimWith(one, { only: [first] })).deliveries).not.toEqual([])
    })
  }

  contractTest('who is deleted while waiting in line holds up nobody', async ({ one, ids }) => {
    const records = await addSubscriptions(one, ids, 4)
    await appendMany(one, ids, records)
    const [first, second, third, fourth] = records.map(({ id }) => id)
    await claimWith(one, { defaultRoom: 1 })
    await one.deleteSubscriptions([second ?? '', third ?? ''])
    const served: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const { deliveries } = await claimWith(one, { defaultRoom: 1 })
      served.push(single(deliveries).subscriptionId)
    }
    expect([...new Set(served)].sort()).toEqual([first, fourth])
    expect(served.slice(-2)).toEqual(served.slice(-4, -2))
  })

  contractTest('who is moved to another lane while waiting in line holds up nobody', async ({ one, ids }) => {
    const records = await addSubscriptions(one, ids, 4)
    await appendMany(one, ids, records)
    const [first, moved, third, fourth] = records.map(({ id }) => id)
    await claimWith(one, { defaultRoom: 1 })
    const content = { ...sampleContent, lane: 'https://elsewhere.example' }
    await one.updateSubscription(moved ?? '', 1, content, webhookLimit)
    const served: string[] = []
    for (let count = 0; count < 6; count += 1) {
      const { deliveries } = await claimWith(one, { maxCount: 1, defaultRoom: 1 })
      served.push(single(deliveries).subscriptionId)
    }
    expect([...new Set(served)].sort()).toEqual([first, moved, third, fourth])
  })

  for (const orderKey of [null, 'an order']) {
    const kind = orderKey === null ? 'retries' : 'an order'
    contractTest(`queues with nothing due keep nobody in line from ${kind}`, async ({ one, ids }) => {
      const isOrdered = orderKey !== null
      const records: SubscriptionRecord[] = []
      for (let place = 0; place < 40; place += 1) records.push(await addSubscription(one, ids, { isOrdered }))
      const later = records.slice(1, -1)
      const due = [...records.slice(0, 1), ...records.slice(-1)]
      await appendTo(one, ids, later, { orderKey, delayMs: isOrdered ? 3_600_000 : 0 })
      if (!isOrdered) {
        for (const claimed of (await claimWith(one)).deliveries)
          await settleOne(one, claimed, { kind: 'retry', delayMs: 3_600_000, isSetAside: false })
      }
      for (let count = 0; count < 6; count += 1) {
        await appendTo(one, ids, due, { orderKey: orderKey === null ? null : `${orderKey} ${count}` })
      }
      // Without room all that wait stand in line.
      await claimWith(one, { defaultRoom: 0 })
      const served: string[] = []
      for (let count = 0; count < 6; count += 1) {
        const { deliveries } = await claimWith(one, { defaultRoom: 1 })
        served.push(single(deliveries).subscriptionId)
        await claimWith(one, { defaultRoom: 0 })
      }
      expect(served.slice(2)).toEqual(served.slice(0, -2))
      expect(new Set(served).size).toBe(2)
    })
  }

  contractTest('nobody waits for ever in a crowded lane beside another one', async ({ one, ids }) => {
    const crowded = await addSubscriptions(one, ids, 3, 'https://crowded.example')
    const roomy = await addSubscriptions(one, ids, 3, 'https://roomy.example')
    for (let count = 0; count < 10; count += 1) await appendTo(one, ids, [...crowded, ...roomy])
    const counts = new Map<string, number>()
    let cursor: string | null = null
    for (let count = 0; count < 12; count += 1) {
      const roomByLane = new Map([['https://crowded.example', 1]])
      const answer = await claimWith(one, { maxCount: 2, roomByLane, cursor })
      cursor = answer.cursor
      for (const { subscriptionId } of answer.deliveries) {
        counts.set(subscriptionId, (counts.get(subscriptionId) ?? 0) + 1)
      }
    }
    for (const { id } of [...crowded, ...roomy]) expect(counts.get(id) ?? 0).toBeGreaterThanOrEqual(2)
  })
}

async function addSubscriptions(
  store: StoreHandle,
  ids: Ids,
  count: number,
  lane = 'https://one.example',
): Promise<readonly SubscriptionRecord[]> {
  const records: SubscriptionRecord[] = []
  for (let place = 0; place < count; place += 1) records.push(await addSubscription(store, ids, { lane }))
  return records
}

async function fill(store: StoreHandle, ids: Ids, { id }: SubscriptionRecord, count: number): Promise<void> {
  for (let written = 0; written < count; written += 1_000) {
    await store.append(
      newAppend(
        ids,
        Array.from({ length: 1_000 }, () => newDelivery(ids, id)),
      ),
    )
  }
}

async function appendMany(
  store: StoreHandle,
  ids: Ids,
  records: readonly SubscriptionRecord[],
  changes: DeliveryChanges = {},
): Promise<void> {
  for (let count = 0; count < 6; count += 1) await appendTo(store, ids, records, changes)
}

function appendPings(store: StoreHandle, ids: Ids, records: readonly SubscriptionRecord[]): Promise<void> {
  return appendMany(store, ids, records, { isPing: true })
}

async function appendRestrained(
  store: StoreHandle,
  ids: Ids,
  records: readonly SubscriptionRecord[],
): Promise<void> {
  const update = { parkForMs: null, maxLeasedCount: 100, state: {} }
  for (const { id } of records) await store.compareAndSetHealth(subscriptionScope(id), 0, update)
  await appendMany(store, ids, records)
}

async function appendRetries(
  store: StoreHandle,
  ids: Ids,
  records: readonly SubscriptionRecord[],
): Promise<void> {
  await appendMany(store, ids, records)
  const only = records.map(({ id }) => id)
  for (const claimed of (await claimWith(store, { only })).deliveries) {
    await settleOne(store, claimed, { kind: 'retry', delayMs: 0, isSetAside: false })
  }
}

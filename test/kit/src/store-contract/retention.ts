import type { PruneRequest, StoreHandle, SubscriptionRecord, TrimAnswer } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractStores, ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  delivered,
  newAppend,
  newDelivery,
  readDelivery,
  settleOne,
} from './samples.ts'

const long = 1_000_000
const disabled = { at: 1, reason: 'exhausted' } as const

export function retentionContract(contractTest: ContractTest): void {
  contractTest(
    'what is overdue ends as exhausted by age, whatever held it up, oldest first',
    async (stores) => {
      const { one, two, ids, advance } = stores
      const waiting = await appendOne(one, ids, await addSubscription(one, ids), { delayMs: long })
      await advance(10)
      const parked = await appendOne(one, ids, await addSubscription(one, ids, { isActive: false }))
      await advance(10)
      const ordered = await appendOne(one, ids, await addSubscription(one, ids, { isOrdered: true }), {
        orderKey: 'a',
      })
      await advance(1_000)
      const young = await appendOne(one, ids, await addSubscription(one, ids))
      const end = { state: 'exhausted', reason: 'age' }
      expect(await two.endOverdue(1_000, 2)).toMatchObject([
        { id: waiting, ...end },
        { id: parked, ...end },
      ])
      expect(await one.endOverdue(1_000, 2)).toMatchObject([{ id: ordered, ...end }])
      expect(await one.endOverdue(1_000, 2)).toEqual([])
      expect(await readDelivery(two, waiting)).toMatchObject({ ...end, dueAt: null })
      expect(await claimIds(two)).toEqual([young])
    },
  )

  contractTest('what is leased is not overdue until its lease is over', async ({ one, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const leased = await appendOne(one, ids, record)
    await claimOne(one, { leaseMs: 2_000 })
    const pending = await appendOne(one, ids, record)
    await advance(1_000)
    expect(await one.endOverdue(1_000, 10)).toMatchObject([{ id: pending }])
    await advance(1_000)
    expect(await one.endOverdue(1_000, 10)).toMatchObject([{ id: leased, subscriptionId: record.id }])
    expect(await claimIds(one)).toEqual([])
  })

  contractTest('two handles end each overdue delivery once', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    for (let count = 0; count < 20; count += 1) await appendOne(one, ids, record)
    await advance(1_000)
    const ended = (await Promise.all([one, two].map((store) => store.endOverdue(1_000, 15)))).flat()
    ended.push(...(await one.endOverdue(1_000, 15)))
    expect(new Set(ended.map(({ id }) => id)).size).toBe(20)
    expect(ended).toHaveLength(20)
  })

  contractTest(
    'a disabled subscription keeps its newest deliveries, the oldest are discarded',
    async (stores) => {
      const { one, two, ids } = stores
      const record = await addSubscription(one, ids, { disabled })
      const written = await appendMany(stores, record, 6)
      expect((await two.trimDisabled(3, 2, null)).ended).toEqual(
        written
          .slice(0, 2)
          .map((id) => ({ id, subscriptionId: record.id, state: 'discarded', reason: 'retention-bound' })),
      )
      expect(await one.trimDisabled(3, 2, null)).toMatchObject({ ended: [{ id: written[2] }], cursor: null })
      expect(await one.trimDisabled(3, 2, null)).toEqual({ ended: [], cursor: null })
      expect((await readDelivery(one, written[0] ?? '')).state).toBe('discarded')
      expect((await readDelivery(one, written[3] ?? '')).state).toBe('parked')
      await appendOne(one, ids, record)
      expect(await one.trimDisabled(3, 2, null)).toMatchObject({ ended: [{ id: written[3] }] })
    },
  )

  contractTest('only disabled subscriptions are trimmed, and never a ping or a lease', async (stores) => {
    const { one, ids } = stores
    const active = await addSubscription(one, ids)
    const inactive = await addSubscription(one, ids, { isActive: false })
    await appendMany(stores, active, 3)
    await appendMany(stores, inactive, 3)
    const record = await addSubscription(one, ids, { disabled })
    await appendOne(one, ids, record, { isPing: true })
    await claimIds(one, { maxCount: 10 })
    await appendOne(one, ids, record, { isPing: true })
    const [oldest] = await appendMany(stores, record, 2)
    expect(await one.trimDisabled(1, 10, null)).toMatchObject({ ended: [{ id: oldest }], cursor: null })
  })

  contractTest('one call trims several subscriptions up to its bound', async (stores) => {
    const records = [
      await addSubscription(stores.one, stores.ids, { disabled }),
      await addSubscription(stores.one, stores.ids, { disabled }),
    ]
    for (const record of records) await appendMany(stores, record, 3)
    const first = await stores.one.trimDisabled(1, 3, null)
    expect(first.ended).toHaveLength(3)
    const second = await stores.one.trimDisabled(1, 3, first.cursor)
    expect(second).toMatchObject({ ended: [{}], cursor: null })
  })

  contractTest(
    'a pass trims every disabled subscription, each step from where the last one ended',
    async (stores) => {
      const { one, two, ids } = stores
      const kept: string[] = []
      const excess: string[] = []
      for (let count = 0; count < 5; count += 1) {
        const record = await addSubscription(one, ids, { disabled })
        const written = await appendMany(stores, record, count)
        excess.push(...written.slice(0, -2))
        kept.push(...written.slice(-2))
      }
      const ended: string[] = []
      let cursor: string | null = null
      for (let steps = 0; steps < 20; steps += 1) {
        const step: TrimAnswer = await two.trimDisabled(2, 1, cursor)
        ended.push(...step.ended.map(({ id }) => id))
        cursor = step.cursor
        if (cursor === null) break
      }
      expect(cursor).toBeNull()
      expect(ended.toSorted()).toEqual(excess.toSorted())
      expect((await one.getDeliveries(kept)).map(({ state }) => state)).toEqual(kept.map(() => 'parked'))
    },
  )

  contractTest(
    'finished deliveries go after their time with attempts and bodies, unfinished ones never',
    async (stores) => {
      const { one, two, ids, advance } = stores
      const record = await addSubscription(one, ids)
      const request = newAppend(ids, [newDelivery(ids, record.id)])
      await one.append(request)
      const done = request.deliveries[0]?.id ?? ''
      await settleOne(one, await claimOne(one), delivered)
      const pending = await appendOne(one, ids, record, { delayMs: long })
      await advance(1_000)
      const kept = await appendOne(one, ids, record)
      await settleOne(one, await claimOne(one), delivered)
      await advance(500)
      expect(await two.prune({ historyMs: 1_500, eventIdMs: long, maxCount: 100, cursor: null })).toBeNull()
      expect(await one.getDeliveries([done])).toEqual([])
      expect(await one.listAttempts(done)).toEqual([])
      expect(await one.readBodies(request.bodies)).toEqual([null])
      expect((await one.getDeliveries([pending, kept])).map(({ id }) => id).sort()).toEqual(
        [pending, kept].sort(),
      )
      expect((await one.listDeliveries({}, { maxCount: 10, cursor: null })).deliveries).toHaveLength(2)
    },
  )

  contractTest('a body goes with the last delivery that uses it', async ({ one, ids, advance }) => {
    const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
    const request = newAppend(
      ids,
      records.map(({ id }) => newDelivery(ids, id)),
    )
    await one.append(request)
    await settleOne(one, await claimOne(one), delivered)
    await advance(1_000)
    const retention = { historyMs: 1_000, eventIdMs: long, maxCount: 100, cursor: null }
    await one.prune(retention)
    expect(await one.readBodies(request.bodies)).not.toEqual([null])
    await settleOne(one, await claimOne(one), delivered)
    await advance(1_000)
    await one.prune(retention)
    expect(await one.readBodies(request.bodies)).toEqual([null])
    expect((await one.stats()).bodyBytes).toBe(0)
  })

  contractTest('bodies may go before the history that tells of them', async ({ one, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const request = newAppend(ids, [newDelivery(ids, record.id)])
    await one.append(request)
    await advance(1_000)
    const retention = { historyMs: long, bodyMs: 1_000, eventIdMs: long, maxCount: 100, cursor: null }
    await one.prune(retention)
    expect(await one.readBodies(request.bodies)).not.toEqual([null])
    await settleOne(one, await claimOne(one), delivered)
    await one.prune(retention)
    expect(await one.readBodies(request.bodies)).toEqual([null])
    expect(await readDelivery(one, request.deliveries[0]?.id ?? '')).toMatchObject({
      eventId: request.event.id,
      part: 1,
    })
  })

  contractTest(
    'history is bounded by count too, and what finished first goes first',
    async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const done: string[] = []
      for (let count = 0; count < 5; count += 1) {
        await appendOne(one, ids, record)
        const claimed = await claimOne(one)
        await settleOne(one, claimed, delivered)
        done.push(claimed.deliveryId)
        await advance(1)
      }
      await one.prune({ historyMs: long, maxFinishedCount: 2, eventIdMs: long, maxCount: 100, cursor: null })
      expect((await one.getDeliveries(done)).map(({ id }) => id).sort()).toEqual(done.slice(3))
    },
  )

  contractTest(
    'an event is forgotten after its time, and not before its deliveries',
    async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const request = newAppend(ids, [newDelivery(ids, record.id)])
      await one.append(request)
      await advance(1_000)
      await one.prune({ historyMs: 0, eventIdMs: 1_000, maxCount: 100, cursor: null })
      expect((await two.append(request)).kind).toBe('repeated')
      await settleOne(one, await claimOne(one), delivered)
      await one.prune({ historyMs: 0, eventIdMs: 5_000, maxCount: 100, cursor: null })
      expect((await two.append(request)).kind).toBe('repeated')
      await one.prune({ historyMs: 0, eventIdMs: 1_000, maxCount: 100, cursor: null })
      expect((await two.append(request)).kind).toBe('appended')
    },
  )

  contractTest('one call removes no more than asked, and says that there is more', async (stores) => {
    const { one, two, advance } = stores
    const record = await addSubscription(one, stores.ids)
    const done = await appendMany(stores, record, 5)
    for (let count = 0; count < 5; count += 1) await settleOne(one, await claimOne(one), delivered)
    await advance(1_000)
    const retention = { historyMs: 1_000, eventIdMs: long, maxCount: 2 }
    const cursor = await two.prune({ ...retention, cursor: null })
    expect(cursor).not.toBeNull()
    expect((await one.getDeliveries(done)).length).toBeGreaterThanOrEqual(3)
    await pruneOn(two, { ...retention, cursor })
    expect(await one.getDeliveries(done)).toEqual([])
  })

  contractTest('old bodies that are needed do not keep a pass from those behind them', async (stores) => {
    const { one, two, ids, advance } = stores
    const waiting = await addSubscription(one, ids)
    const needed = Array.from({ length: 5 }, () =>
      newAppend(ids, [newDelivery(ids, waiting.id, { delayMs: long })]),
    )
    for (const request of needed) await one.append(request)
    const done = newAppend(ids, [newDelivery(ids, waiting.id)])
    await advance(1)
    await one.append(done)
    await settleOne(one, await claimOne(one), delivered)
    await advance(1_000)
    await pruneOn(two, { historyMs: long, bodyMs: 1_000, eventIdMs: long, maxCount: 2, cursor: null })
    expect(await one.readBodies(done.bodies)).toEqual([null])
    const kept = await one.readBodies(needed.flatMap(({ bodies }) => bodies))
    expect(kept.filter((bytes) => bytes !== null)).toHaveLength(5)
  })

  contractTest('an event that nobody was subscribed to is forgotten after its time', async (stores) => {
    const { one, two, ids, advance } = stores
    const request = newAppend(ids, [])
    await one.append(request)
    await advance(999)
    const retention = { historyMs: 0, eventIdMs: 1_000, maxCount: 100, cursor: null }
    await two.prune(retention)
    expect((await two.append(request)).kind).toBe('repeated')
    await advance(1)
    await two.prune(retention)
    expect((await two.append(request)).kind).toBe('appended')
  })

  contractTest('an event is known until the last of its deliveries is removed', async (stores) => {
    const { one, ids, advance } = stores
    const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
    const request = newAppend(
      ids,
      records.map(({ id }) => newDelivery(ids, id)),
    )
    await one.append(request)
    const retention = { historyMs: 1_000, eventIdMs: 1_000, maxCount: 100, cursor: null }
    await settleOne(one, await claimOne(one), delivered)
    await advance(1_000)
    await one.prune(retention)
    expect((await one.append(request)).kind).toBe('repeated')
    await settleOne(one, await claimOne(one), delivered)
    await one.prune(retention)
    expect((await one.append(request)).kind).toBe('repeated')
    await advance(1_000)
    await one.prune(retention)
    expect((await one.append(request)).kind).toBe('appended')
  })
}

/** The rest of a pass, which must end. */
async function pruneOn(store: StoreHandle, request: PruneRequest): Promise<void> {
  let { cursor } = request
  for (let steps = 0; steps < 20; steps += 1) {
    cursor = await store.prune({ ...request, cursor })
    if (cursor === null) return
  }
  expect.unreachable('the pass has no end')
}

async function appendMany(
  { one, ids, advance }: ContractStores,
  record: SubscriptionRecord,
  count: number,
): Promise<readonly string[]> {
  const written: string[] = []
  for (let place = 0; place < count; place += 1) {
    written.push(await appendOne(one, ids, record))
    await advance(1)
  }
  return written
}

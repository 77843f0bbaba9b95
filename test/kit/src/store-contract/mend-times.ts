import type { StoreHandle } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimOne,
  delivered,
  newAppend,
  newDelivery,
  readDelivery,
  settleOne,
} from './samples.ts'

const leap = 1_000_000
const long = 1_000_000_000
const maxAheadMs = 1_000

export function mendTimesContract(contractTest: ContractTest): void {
  contractTest(
    'the age of a delivery that was made ahead begins anew',
    async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids, { isActive: false })
      await advance(leap)
      const id = await appendOne(one, ids, record)
      await advance(-leap)
      await mendAll(two)
      await advance(4_999)
      expect(await one.endOverdue(5_000, 10)).toEqual([])
      await advance(1)
      expect(await one.endOverdue(5_000, 10)).toMatchObject([{ id }])
    },
  )

  contractTest('history, ids and bodies that were written ahead go after their time', async (stores) => {
    const { one, two, ids, advance } = stores
    const record = await addSubscription(one, ids)
    await advance(leap)
    const request = newAppend(ids, [newDelivery(ids, record.id)])
    await one.append(request)
    await settleOne(one, await claimOne(one), delivered)
    const unheard = newAppend(ids, [])
    await one.append(unheard)
    await advance(-leap)
    await mendAll(two)
    await advance(4_999)
    const retention = { historyMs: 5_000, eventIdMs: 5_000, maxCount: 100, cursor: null }
    await one.prune({ ...retention, bodyMs: 5_000 })
    expect(await one.readBodies(request.bodies)).not.toEqual([null])
    for (const known of [request, unheard]) expect(await two.readReceipt(known.event.id)).not.toBeNull()
    await advance(1)
    await one.prune({ ...retention, historyMs: long, bodyMs: 5_000 })
    expect(await one.readBodies(request.bodies)).toEqual([null])
    await one.prune(retention)
    expect(await one.getDeliveries(request.deliveries.map(({ id }) => id))).toEqual([])
    for (const known of [request, unheard]) expect(await two.readReceipt(known.event.id)).toBeNull()
  })

  contractTest('what was written at the right time stays as it is', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const done = await appendOne(one, ids, record)
    await settleOne(one, await claimOne(one), delivered)
    await advance(maxAheadMs)
    const ahead = await appendOne(one, ids, record)
    await advance(-maxAheadMs)
    const before = await one.getDeliveries([done, ahead])
    expect(await mendAll(two)).toBe(0)
    expect(await one.getDeliveries([done, ahead])).toEqual(before)
  })

  contractTest('nothing is mended by a clock that lies behind everything', async (stores) => {
    const { one, two, ids, advance } = stores
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const before = await readDelivery(one, id)
    await advance(-leap)
    await addSubscription(one, ids)
    expect(await mendAll(two)).toBe(0)
    expect(await readDelivery(two, id)).toEqual(before)
  })

  contractTest('a pass mends everything in small steps, and lists stay in order', async (stores) => {
    const { one, two, ids, advance } = stores
    const record = await addSubscription(one, ids)
    const early = await appendOne(one, ids, record)
    await advance(leap)
    const written: string[] = []
    for (let count = 0; count < 9; count += 1) {
      written.push(await appendOne(one, ids, record))
      if (count % 2 === 0) await settleOne(one, await claimOne(one), delivered)
    }
    await advance(1 - leap)
    expect(await mendAll(two, 2)).toBeGreaterThanOrEqual(written.length)
    expect(await mendAll(one, 2)).toBe(0)
    await advance(1)
    const late = await appendOne(one, ids, record)
    const page = { maxCount: 4, cursor: null }
    const first = await two.listDeliveries({}, page)
    const second = await two.listDeliveries({}, { maxCount: 20, cursor: first.next })
    expect([...first.deliveries, ...second.deliveries].map(({ id }) => id)).toEqual([
      late,
      ...written.toReversed(),
      early,
    ])
  })
}

/** A whole pass, which must end; gives how much it mended. */
async function mendAll(store: StoreHandle, maxCount = 100): Promise<number> {
  let mendedCount = 0
  let cursor: string | null = null
  for (let steps = 0; steps < 100; steps += 1) {
    const answer = await store.mendTimes({ maxAheadMs, maxCount, cursor })
    expect(answer.mendedCount).toBeLessThanOrEqual(maxCount)
    mendedCount += answer.mendedCount
    cursor = answer.cursor
    if (cursor === null) return mendedCount
  }
  expect.unreachable('the pass has no end')
}

import { subscriptionScope } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  appendTo,
  claimIds,
  claimOne,
  delivered,
  readDelivery,
  settleOne,
} from './samples.ts'

export function deletingContract(contractTest: ContractTest): void {
  contractTest(
    'deleting cancels what is unfinished, leased deliveries too, and tells how many',
    async ({ one, two, ids }) => {
      const gone = await addSubscription(one, ids)
      const kept = await addSubscription(one, ids)
      const leasedId = await appendOne(one, ids, gone)
      const claimed = await claimOne(one)
      const [pendingId, keptId] = await appendTo(one, ids, [gone, kept])
      const waitingId = await appendOne(one, ids, gone, { delayMs: 60_000, orderKey: 'a' })
      expect(await two.deleteSubscriptions([gone.id])).toEqual([{ id: gone.id, cancelledCount: 3 }])
      for (const id of [leasedId, pendingId ?? '', waitingId]) {
        expect(await readDelivery(one, id)).toMatchObject({
          state: 'cancelled',
          reason: 'subscription-deleted',
          dueAt: null,
        })
      }
      expect(await settleOne(one, claimed, delivered)).toBe('lease-lost')
      expect(await one.listAttempts(leasedId)).toEqual([])
      expect(await claimIds(one)).toEqual([keptId])
    },
  )

  contractTest('what was finished before stays as it was', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const id = await appendOne(one, ids, record)
    await settleOne(one, await claimOne(one), delivered)
    expect(await two.deleteSubscriptions([record.id])).toEqual([{ id: record.id, cancelledCount: 0 }])
    expect((await readDelivery(one, id)).state).toBe('delivered')
  })

  contractTest('ids that do not exist are left out of the answer', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    expect(await one.deleteSubscriptions([ids.next(), record.id, record.id])).toEqual([
      { id: record.id, cancelledCount: 0 },
    ])
    expect(await one.deleteSubscriptions([])).toEqual([])
    expect(await one.getSubscriptions([record.id])).toEqual([])
    expect(await one.match([record.subject], 'repo:push')).toEqual([])
    expect(await one.countSubscriptions(record.content.lane)).toBe(0)
  })

  contractTest('a subscription is deleted once by two handles at a time', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    await appendOne(one, ids, record)
    const answers = await Promise.all([one, two].map((store) => store.deleteSubscriptions([record.id])))
    expect(answers.flat()).toEqual([{ id: record.id, cancelledCount: 1 }])
  })

  contractTest('an append that races with the deletion leaves nothing pending', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    await Promise.all([
      ...Array.from({ length: 20 }, (_, place) => appendOne(place % 2 === 0 ? one : two, ids, record)),
      two.deleteSubscriptions([record.id]),
    ])
    const page = await one.listDeliveries(
      { subscriptionId: record.id, states: ['unfinished'] },
      { maxCount: 100, cursor: null },
    )
    expect(page.deliveries).toEqual([])
    expect((await one.stats()).pendingCount).toBe(0)
  })

  contractTest('its health goes with it, and none can be written afterwards', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const scope = subscriptionScope(record.id)
    const update = { parkForMs: 1_000, maxLeasedCount: 1, state: {} }
    await one.compareAndSetHealth(scope, 0, update)
    await two.deleteSubscriptions([record.id])
    expect(await one.readHealth(scope)).toBeNull()
    expect(await one.compareAndSetHealth(scope, 0, update)).toMatchObject({ kind: 'conflict', record: null })
    expect(await two.readHealth(scope)).toBeNull()
  })
}

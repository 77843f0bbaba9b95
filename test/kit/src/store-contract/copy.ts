import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
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

export function copyContract(contractTest: ContractTest): void {
  contractTest('a copy is a new delivery of the same body', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const request = newAppend(ids, [newDelivery(ids, record.id, { part: 2, partCount: 3 })])
    await one.append(request)
    const sourceId = request.deliveries[0]?.id ?? ''
    const original = await claimOne(one)
    await settleOne(one, original, delivered)
    await advance(1_000)
    const id = ids.next()
    expect(await two.copyDeliveries([{ sourceId, id }])).toEqual(['copied'])
    const source = await readDelivery(one, sourceId)
    expect(await readDelivery(one, id)).toEqual({
      ...source,
      id,
      redeliveryOf: sourceId,
      state: 'pending',
      attemptCount: 0,
      countedAttemptCount: 0,
      createdAt: source.createdAt + 1_000,
      dueAt: source.createdAt + 1_000,
      finishedAt: null,
    })
    expect(await claimOne(one)).toMatchObject({ deliveryId: id, body: original.body, attemptNumber: 1 })
    expect(await one.listAttempts(id)).toEqual([])
    expect(source.state).toBe('delivered')
  })

  contractTest('each copy has its own outcome, in the order given', async ({ one, two, ids }) => {
    const kept = await addSubscription(one, ids)
    const gone = await addSubscription(one, ids)
    const done = await appendOne(one, ids, kept)
    await settleOne(one, await claimOne(one), delivered)
    const orphan = await appendOne(one, ids, gone)
    await one.deleteSubscriptions([gone.id])
    const pending = await appendOne(one, ids, kept)
    const sources = [pending, done, ids.next(), orphan, done]
    expect(await two.copyDeliveries(sources.map((sourceId) => ({ sourceId, id: ids.next() })))).toEqual([
      'not-final',
      'copied',
      'not-found',
      'subscription-deleted',
      'copied',
    ])
    expect(await claimIds(one)).toHaveLength(3)
  })

  contractTest('a copy of a body that expired says so', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const sourceId = await appendOne(one, ids, record)
    await settleOne(one, await claimOne(one), delivered)
    await advance(2_000)
    await one.prune({ historyMs: 60_000, bodyMs: 1_000, eventIdMs: 60_000, maxCount: 100, cursor: null })
    expect(await two.copyDeliveries([{ sourceId, id: ids.next() }])).toEqual(['body-expired'])
    expect((await readDelivery(two, sourceId)).state).toBe('delivered')
  })

  contractTest('the same copy asked for again is not made again', async ({ one, two, ids }) => {
    const sourceId = await appendOne(one, ids, await addSubscription(one, ids))
    await settleOne(one, await claimOne(one), delivered)
    const request = { sourceId, id: ids.next() }
    expect(await one.copyDeliveries([request])).toEqual(['copied'])
    expect(await two.copyDeliveries([request])).toEqual(['copied'])
    expect(await claimIds(one)).toEqual([request.id])
  })

  contractTest('a first copy is made once, whoever asks for it', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const sourceId = await appendOne(one, ids, record)
    await settleOne(one, await claimOne(one), delivered)
    const ask = () => ({ sourceId, id: ids.next(), onlyFirst: true })
    const outcomes = await Promise.all(
      [one, two, one, two].map((store) => store.copyDeliveries([ask(), ask()])),
    )
    expect(outcomes.flat().filter((outcome) => outcome === 'copied')).toHaveLength(1)
    expect(outcomes.flat().filter((outcome) => outcome === 'copied-before')).toHaveLength(7)
    expect(await two.copyDeliveries([{ sourceId, id: ids.next() }])).toEqual(['copied'])
    expect(await claimIds(one)).toHaveLength(2)
  })

  contractTest('a copy of a ping is no ping', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    const sourceId = await appendOne(one, ids, record, { isPing: true })
    await settleOne(one, await claimOne(one), delivered)
    const id = ids.next()
    expect(await one.copyDeliveries([{ sourceId, id }])).toEqual(['copied'])
    expect(await claimOne(one)).toMatchObject({ deliveryId: id, isPing: false, attemptNumber: 1 })
  })

  contractTest('any final state can be copied, a copy too', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    let sourceId = await appendOne(one, ids, record)
    for (const state of ['exhausted', 'discarded', 'cancelled', 'delivered'] as const) {
      await settleOne(one, await claimOne(one), { kind: 'final', state, reason: null })
      const id = ids.next()
      expect(await one.copyDeliveries([{ sourceId, id }])).toEqual(['copied'])
      sourceId = id
    }
  })

  contractTest('a copy of an ordered delivery waits for nobody and holds up nobody', async ({ one, ids }) => {
    const record = await addSubscription(one, ids, { isOrdered: true })
    const sourceId = await appendOne(one, ids, record, { orderKey: 'a' })
    await settleOne(one, await claimOne(one), delivered)
    const head = await appendOne(one, ids, record, { orderKey: 'a' })
    const id = ids.next()
    await one.copyDeliveries([{ sourceId, id }])
    expect([...(await claimIds(one))].sort()).toEqual([head, id].sort())
  })

  contractTest('the body stays as long as a copy needs it', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const sourceId = await appendOne(one, ids, record)
    await settleOne(one, await claimOne(one), delivered)
    await advance(2_000)
    await one.copyDeliveries([{ sourceId, id: ids.next() }])
    await one.prune({ historyMs: 1_000, bodyMs: 1_000, eventIdMs: 1_000, maxCount: 100, cursor: null })
    expect(await one.getDeliveries([sourceId])).toEqual([])
    const { body } = await claimOne(one)
    expect(await two.readBodies([body])).not.toEqual([null])
  })
}

import type {
  AppendRequest,
  RememberedMatch,
  StoreHandle,
  SubjectRef,
  SubscriptionRecord,
} from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import type { Ids } from './ids.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  newAppend,
  newDelivery,
  newSubscription,
  readDelivery,
  sampleContent,
  webhookLimit,
} from './samples.ts'

export function appendContract(contractTest: ContractTest): void {
  contractTest('the receipt of a known event can be read', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const request = newAppend(ids, [newDelivery(ids, record.id)])
    expect(await two.readReceipt(request.event.id)).toBeNull()
    const { receipt } = await one.append(request)
    expect(await two.readReceipt(request.event.id)).toEqual(receipt)
  })

  contractTest('an event is written with its deliveries and gives a receipt', async ({ one, two, ids }) => {
    const [first, second] = [await addSubscription(one, ids), await addSubscription(one, ids)]
    const deliveries = [
      newDelivery(ids, first.id),
      newDelivery(ids, second.id, { part: 1, partCount: 2 }),
      newDelivery(ids, second.id, { part: 2, partCount: 2 }),
    ]
    const skipped = [
      { subscriptionId: ids.next(), reason: 'inactive' as const },
      { subscriptionId: ids.next(), reason: 'filter.paths' as const },
    ]
    const request = { ...newAppend(ids, deliveries), skipped }
    expect(await one.append(request)).toMatchObject({
      kind: 'appended',
      receipt: {
        eventId: request.event.id,
        deliveries: deliveries.map(({ id, subscriptionId, part, partCount }) => ({
          id,
          subscriptionId,
          part,
          partCount,
        })),
        skipped,
      },
    })
    expect(await readDelivery(two, deliveries[2]?.id ?? '')).toMatchObject({
      eventId: request.event.id,
      eventKey: 'repo:push',
      subscriptionId: second.id,
      dialect: 'bitbucket-cloud',
      variant: 'plain',
      part: 2,
      partCount: 2,
      isPing: false,
      redeliveryOf: null,
      state: 'pending',
      reason: null,
      attemptCount: 0,
      countedAttemptCount: 0,
      finishedAt: null,
    })
  })

  contractTest('times are readings of the clock of the answer', async ({ one, ids, advance }) => {
    const record = await addSubscription(one, ids)
    await advance(5_000)
    const delivery = newDelivery(ids, record.id, { delayMs: 700 })
    const { storeNow } = await one.append(newAppend(ids, [delivery]))
    expect(storeNow).toBe(record.createdAt + 5_000)
    expect(await readDelivery(one, delivery.id)).toMatchObject({ createdAt: storeNow, dueAt: storeNow + 700 })
  })

  contractTest(
    'an event that is known gives its first receipt and writes nothing',
    async ({ one, two, ids }) => {
      const record = await addSubscription(one, ids)
      const skipped = [{ subscriptionId: ids.next(), reason: 'filter.tags' as const }]
      const first = { ...newAppend(ids, [newDelivery(ids, record.id)]), skipped }
      const { receipt } = await one.append(first)
      expect(receipt.skipped).toEqual(skipped)
      const again = newAppend(ids, [newDelivery(ids, record.id)], first.event.id)
      expect(await two.append(again)).toMatchObject({ kind: 'repeated', receipt })
      expect(await one.getDeliveries(again.deliveries.map(({ id }) => id))).toEqual([])
      expect(await claimIds(one)).toEqual(receipt.deliveries.map(({ id }) => id))
    },
  )

  contractTest(
    'of 20 concurrent appends of one event exactly one writes, and all give its receipt',
    async (stores) => {
      const { one, two, ids } = stores
      const record = await addSubscription(one, ids)
      const eventId = ids.next()
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, place) =>
          (place % 2 === 0 ? one : two).append(newAppend(ids, [newDelivery(ids, record.id)], eventId)),
        ),
      )
      expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1)
      const receipts = outcomes.map(({ receipt }) => receipt)
      expect(receipts).toEqual(receipts.map(() => receipts[0]))
      expect(await claimIds(one)).toEqual(receipts[0]?.deliveries.map(({ id }) => id))
    },
  )

  contractTest('an event without deliveries is remembered too', async ({ one, two, ids }) => {
    const request = newAppend(ids, [])
    expect((await one.append(request)).kind).toBe('appended')
    expect(await two.append(request)).toMatchObject({
      kind: 'repeated',
      receipt: { deliveries: [], skipped: [] },
    })
  })

  contractTest(
    'deliveries of a subscription that vanished are dropped, the rest is written',
    async ({ one, two, ids }) => {
      const kept = await addSubscription(one, ids)
      const gone = await addSubscription(one, ids)
      await two.deleteSubscriptions([gone.id])
      const deliveries = [newDelivery(ids, gone.id), newDelivery(ids, kept.id), newDelivery(ids, ids.next())]
      const { receipt } = await one.append(newAppend(ids, deliveries))
      expect(receipt.deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([kept.id])
      expect(await two.getDeliveries(deliveries.map(({ id }) => id))).toHaveLength(1)
    },
  )

  contractTest(
    'an append that fails has written nothing, and can be made again',
    async ({ one, two, ids }) => {
      const record = await addSubscription(one, ids)
      const taken = await appendOne(one, ids, record)
      const fresh = newDelivery(ids, record.id)
      const broken = newAppend(ids, [fresh, { ...newDelivery(ids, record.id), id: taken }])
      await expect(one.append(broken)).rejects.toMatchObject({ code: 'store.failed' })
      expect(await two.getDeliveries([fresh.id])).toEqual([])
      const repaired = newAppend(ids, [fresh], broken.event.id)
      expect((await two.append(repaired)).kind).toBe('appended')
      expect(await claimIds(one)).toEqual([taken, fresh.id])
    },
  )

  contractTest('a delivery without its body is refused as a whole', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    const request = { ...newAppend(ids, [newDelivery(ids, record.id)]), bodies: [] }
    await expect(one.append(request)).rejects.toMatchObject({ code: 'store.failed' })
    expect((await one.stats()).pendingCount).toBe(0)
  })

  contractTest('appends of many events at a time each succeed for themselves', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const taken = await appendOne(one, ids, record)
    const requests = Array.from({ length: 50 }, (_, place) => {
      const delivery = newDelivery(ids, record.id)
      return newAppend(ids, [place === 20 ? { ...delivery, id: taken } : delivery])
    })
    const results = await Promise.allSettled(
      requests.map((request, place) => (place % 2 ? one : two).append(request)),
    )
    expect(results.flatMap(({ status }, place) => (status === 'rejected' ? [place] : []))).toEqual([20])
    expect((await one.stats()).pendingCount).toBe(50)
  })

  contractTest(
    'the receipt given again does not depend on the subscriptions of the day',
    async ({ one, two, ids }) => {
      const given = newSubscription(ids)
      await one.createSubscription(given, { group: 'webhook', maxCount: 50 })
      const request = newAppend(ids, [newDelivery(ids, given.id)])
      const { receipt } = await one.append(request)
      await two.deleteSubscriptions([given.id])
      expect(await two.append(request)).toMatchObject({ kind: 'repeated', receipt })
    },
  )

  contractTest('an event of a match that still holds is written', async ({ one, two, ids }) => {
    const { match, request } = await prepareMatched(one, ids)
    expect(await two.appendMatched(request, match)).toMatchObject({
      kind: 'appended',
      receipt: { eventId: request.event.id, deliveries: [{ id: request.deliveries[0]?.id }] },
    })
    expect(await claimIds(one)).toEqual(request.deliveries.map(({ id }) => id))
  })

  for (const [what, change] of changesOfMatch) {
    contractTest(`an event is not written once ${what}`, async (stores) => {
      const { one, two, ids } = stores
      const prepared = await prepareMatched(one, ids)
      await change(two, ids, prepared)
      expect(await one.appendMatched(prepared.request, prepared.match)).toEqual({ kind: 'changed' })
      expect(await two.readReceipt(prepared.request.event.id)).toBeNull()
      expect(await claimIds(two)).toEqual([])
      expect((await one.append(prepared.request)).kind).toBe('appended')
    })
  }

  contractTest('an event is not written once a subscription is gone', async ({ one, two, ids }) => {
    const { match, request, record } = await prepareMatched(one, ids)
    await two.deleteSubscriptions([record.id])
    expect(await one.appendMatched(request, match)).toEqual({ kind: 'changed' })
    expect(await two.readReceipt(request.event.id)).toBeNull()
  })

  contractTest('what does not ask for an event changes no match', async ({ one, two, ids }) => {
    const { match, request, subject } = await prepareMatched(one, ids)
    await addSubscription(two, ids, { events: ['repo:fork'] }, subject)
    await addSubscription(two, ids)
    // A subject that is named twice counts once.
    const twice = { ...match, subjects: [...match.subjects, ...match.subjects] }
    expect((await one.appendMatched(request, twice)).kind).toBe('appended')
  })

  contractTest('an event that is known gives its receipt whatever matches now', async ({ one, two, ids }) => {
    const { match, request, subject } = await prepareMatched(one, ids)
    const { receipt } = await one.append(request)
    await addSubscription(two, ids, {}, subject)
    const deliveries = request.deliveries.map((delivery) => ({ ...delivery, id: ids.next() }))
    expect(await two.appendMatched({ ...request, deliveries }, match)).toMatchObject({
      kind: 'repeated',
      receipt,
    })
  })
}

interface PreparedMatch {
  readonly subject: SubjectRef
  readonly record: SubscriptionRecord
  readonly match: RememberedMatch
  readonly request: AppendRequest
}

/** A subscription of a repository in a project, what `match` gave for it, and a push to it. */
async function prepareMatched(store: StoreHandle, ids: Ids): Promise<PreparedMatch> {
  const record = await addSubscription(store, ids)
  const { subject } = record
  const subjects = [subject, { type: 'project', id: ids.next() }] as const
  const matched = await store.match(subjects, 'repo:push')
  const match = { subjects, subscriptions: matched.map(({ id, version }) => ({ id, version })) }
  return { subject, record, match, request: newAppend(ids, [newDelivery(ids, record.id)]) }
}

type ChangeOfMatch = (store: StoreHandle, ids: Ids, prepared: PreparedMatch) => Promise<unknown>

const changesOfMatch: readonly (readonly [what: string, change: ChangeOfMatch])[] = [
  ['another subscription asks for it', (store, ids, { subject }) => addSubscription(store, ids, {}, subject)],
  [
    'another subscription asks for it on a subject that had none',
    (store, ids, { match }) => addSubscription(store, ids, {}, match.subjects[1]),
  ],
  [
    'another subscription that is off asks for it',
    (store, ids, { subject }) => addSubscription(store, ids, { isActive: false }, subject),
  ],
  [
    'a subscription was updated',
    (store, _ids, { record }) =>
      store.updateSubscription(record.id, 1, { ...sampleContent, isOrdered: true }, webhookLimit),
  ],
  [
    'a subscription no longer asks for it',
    (store, _ids, { record }) =>
      store.updateSubscription(record.id, 1, { ...sampleContent, events: ['repo:fork'] }, webhookLimit),
  ],
]

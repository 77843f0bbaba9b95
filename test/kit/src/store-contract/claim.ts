import { type ClaimRequest, laneScope, subscriptionScope } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  appendTo,
  claimIds,
  claimOne,
  claimWith,
  newAppend,
  newDelivery,
  readDelivery,
  sampleContent,
  settleOne,
  toIds,
  webhookLimit,
} from './samples.ts'

const retryNow = { kind: 'retry', delayMs: 0, isSetAside: false } as const

export function claimContract(contractTest: ContractTest): void {
  contractTest('what was claimed holds all that an attempt needs', async ({ one, two, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const updated = await one.updateSubscription(
      record.id,
      1,
      { ...sampleContent, lane: 'https://three.example' },
      webhookLimit,
    )
    const delivery = newDelivery(ids, record.id, {
      variant: 'iso-dates',
      part: 2,
      partCount: 2,
      delayMs: 300,
    })
    const request = newAppend(ids, [delivery])
    const { storeNow } = await one.append({ ...request, event: { ...request.event, depth: 3 } })
    await advance(400)
    const answer = await claimWith(two)
    expect(answer).toMatchObject({ storeNow: storeNow + 400, cursor: null, health: [] })
    expect(answer.deliveries).toEqual([
      {
        token: expect.any(String),
        deliveryId: delivery.id,
        body: { eventId: request.event.id, dialect: 'bitbucket-cloud', variant: 'iso-dates', part: 2 },
        bytes: expect.any(Uint8Array),
        eventKey: 'repo:push',
        depth: 3,
        subscriptionId: record.id,
        subscription: updated.kind === 'updated' ? updated.subscription : null,
        lane: 'https://three.example',
        isPing: false,
        isOrdered: false,
        attemptNumber: 1,
        countedAttemptCount: 0,
        createdAt: storeNow,
        dueAt: storeNow + 300,
      },
    ])
  })

  contractTest(
    'a claim reads a body once for all its deliveries, byte for byte',
    async ({ one, two, ids }) => {
      const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
      const request = newAppend(
        ids,
        records.map(({ id }) => newDelivery(ids, id)),
      )
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      await one.append({ ...request, bodies: request.bodies.map((body) => ({ ...body, bytes })) })
      const [first, second] = (await claimWith(two)).deliveries
      expect([...(first?.bytes ?? [])]).toEqual([...bytes])
      expect(second?.bytes).toBe(first?.bytes)
    },
  )

  contractTest('a claim gives each part, dialect and variant its own bytes', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const names = [
      { part: 1, partCount: 2 },
      { part: 2, partCount: 2 },
      { variant: 'iso-dates' },
      { dialect: 'bitbucket-data-center' },
    ]
    await one.append(
      newAppend(
        ids,
        names.map((name) => newDelivery(ids, record.id, name)),
      ),
    )
    const { deliveries } = await claimWith(two)
    expect(deliveries).toHaveLength(names.length)
    for (const { body, bytes } of deliveries) {
      const text = `${body.eventId} ${body.dialect} ${body.variant} ${body.part}`
      expect(new TextDecoder().decode(bytes ?? undefined)).toBe(text)
    }
  })

  contractTest(
    'bytes that were claimed and changed are not changed in the store',
    async ({ one, two, ids }) => {
      await appendOne(one, ids, await addSubscription(one, ids))
      const [claimed] = (await claimWith(one)).deliveries
      const before = [...(claimed?.bytes ?? [])]
      expect(before).not.toEqual([])
      claimed?.bytes?.fill(0)
      await one.release([claimed?.token ?? ''])
      const [again] = (await claimWith(two)).deliveries
      expect([...(again?.bytes ?? [])]).toEqual(before)
    },
  )

  contractTest('a claim of some queues visits no others, in the order asked', async ({ one, two, ids }) => {
    const records = []
    for (let count = 0; count < 4; count += 1) records.push(await addSubscription(one, ids))
    const deliveries = [...(await appendTo(one, ids, records)), ...(await appendTo(one, ids, records))]
    const only = [records[2]?.id ?? '', ids.next(), records[0]?.id ?? '']
    const answer = await claimWith(two, { only, cursor: records[3]?.id ?? '', maxCount: 3 })
    expect(answer.cursor).toBeNull()
    expect(toIds(answer)).toEqual([deliveries[2], deliveries[0], deliveries[6]])
    expect(await claimIds(one)).toHaveLength(5)
  })

  contractTest('nothing is claimed twice, whichever handle asks', async ({ one, two, ids }) => {
    const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
    for (let count = 0; count < 10; count += 1) await appendTo(one, ids, records)
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, place) => claimWith(place % 2 === 0 ? one : two, { maxCount: 5 })),
    )
    answers.push(await claimWith(one), await claimWith(two))
    const claimed = answers.flatMap(toIds)
    expect(claimed).toHaveLength(20)
    expect(new Set(claimed).size).toBe(20)
    const tokens = answers.flatMap(({ deliveries }) => deliveries.map(({ token }) => token))
    expect(new Set(tokens).size).toBe(20)
  })

  contractTest('what is claimed reads as leased', async ({ one, two, ids }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    await claimOne(one)
    expect(await readDelivery(two, id)).toMatchObject({ state: 'leased', dueAt: null, attemptCount: 0 })
  })

  contractTest(
    'nothing is claimed before it is due, and all of it at that instant',
    async ({ one, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids), { delayMs: 1_000 })
      await advance(999)
      expect(await claimIds(one)).toEqual([])
      await advance(1)
      expect(await claimIds(one)).toEqual([id])
    },
  )

  contractTest(
    'a queue is claimed in due order, then in the order of writing',
    async ({ one, ids, advance }) => {
      const record = await addSubscription(one, ids)
      const late = await appendOne(one, ids, record, { delayMs: 20 })
      const first = await appendOne(one, ids, record, { delayMs: 10 })
      const second = await appendOne(one, ids, record, { delayMs: 10 })
      await advance(50)
      expect(await claimIds(one)).toEqual([first, second, late])
    },
  )

  contractTest('maxCount and maxPerSubscription bound one claim', async ({ one, ids }) => {
    const records = [await addSubscription(one, ids), await addSubscription(one, ids)]
    for (let count = 0; count < 5; count += 1) await appendTo(one, ids, records)
    const answer = await claimWith(one, { maxPerSubscription: 2 })
    expect(countBySubscription(answer.deliveries)).toEqual([2, 2])
    expect(await claimIds(one, { maxCount: 3 })).toHaveLength(3)
    expect(await claimIds(one, { maxCount: 0 })).toEqual([])
    expect(await claimIds(one, { maxPerSubscription: 0 })).toEqual([])
  })

  contractTest('a queue gives no more than the caller has room for, but its pings', async ({ one, ids }) => {
    const [narrow, full, other] = [
      await addSubscription(one, ids),
      await addSubscription(one, ids),
      await addSubscription(one, ids),
    ]
    for (let count = 0; count < 5; count += 1) await appendTo(one, ids, [narrow, full, other])
    const ping = await appendOne(one, ids, full, { isPing: true })
    const roomBySubscription = new Map([
      [narrow.id, 1],
      [full.id, 0],
    ])
    const { deliveries } = await claimWith(one, { maxPerSubscription: 3, roomBySubscription })
    expect(countBySubscription(deliveries)).toHaveLength(3)
    expect(deliveries.filter(({ subscriptionId }) => subscriptionId === narrow.id)).toHaveLength(1)
    expect(deliveries.filter(({ subscriptionId }) => subscriptionId === other.id)).toHaveLength(3)
    const ofFull = deliveries.filter(({ subscriptionId }) => subscriptionId === full.id)
    expect(ofFull).toMatchObject([{ deliveryId: ping }])
  })

  contractTest(
    'the last slot of a lane is not kept for a queue that the caller has no room for',
    async ({ one, ids }) => {
      const [busy, other] = [await addSubscription(one, ids), await addSubscription(one, ids)]
      for (let count = 0; count < 5; count += 1) await appendTo(one, ids, [busy, other])
      const roomBySubscription = new Map([[busy.id, 0]])
      for (let count = 0; count < 5; count += 1) {
        const [claimed] = (await claimWith(one, { maxCount: 1, defaultRoom: 1, roomBySubscription }))
          .deliveries
        expect(claimed).toMatchObject({ subscriptionId: other.id })
      }
    },
  )

  contractTest('each lane gives no more than its room', async ({ one, ids }) => {
    const lanes = ['https://a.example', 'https://b.example', 'https://c.example']
    for (const lane of lanes) {
      const records = [await addSubscription(one, ids, { lane }), await addSubscription(one, ids, { lane })]
      for (let count = 0; count < 3; count += 1) await appendTo(one, ids, records)
    }
    const roomByLane = new Map([
      ['https://a.example', 0],
      ['https://b.example', 5],
    ])
    const { deliveries } = await claimWith(one, { defaultRoom: 2, roomByLane })
    const counts = lanes.map((lane) => deliveries.filter((delivery) => delivery.lane === lane).length)
    expect(counts).toEqual([0, 5, 2])
  })

  contractTest(
    'no more than maxRetries were attempted before, and first attempts pass them',
    async ({ one, ids }) => {
      const record = await addSubscription(one, ids)
      for (let count = 0; count < 4; count += 1) await appendOne(one, ids, record)
      for (const claimed of (await claimWith(one)).deliveries) await settleOne(one, claimed, retryNow)
      const fresh = [await appendOne(one, ids, record), await appendOne(one, ids, record)]
      expect(await claimIds(one, { maxRetries: 0 })).toEqual(fresh)
      const { deliveries } = await claimWith(one, { maxRetries: 3 })
      expect(deliveries.map(({ attemptNumber }) => attemptNumber)).toEqual([2, 2, 2])
    },
  )

  contractTest('first attempts and retries of one queue go by due time', async ({ one, ids, advance }) => {
    const record = await addSubscription(one, ids)
    const retried = [await appendOne(one, ids, record), await appendOne(one, ids, record)]
    const [early, late] = (await claimWith(one)).deliveries
    const fresh = await appendOne(one, ids, record, { delayMs: 20 })
    if (early !== undefined) await settleOne(one, early, { ...retryNow, delayMs: 10 })
    if (late !== undefined) await settleOne(one, late, { ...retryNow, delayMs: 30 })
    await advance(50)
    expect(await claimIds(one)).toEqual([retried[0], fresh, retried[1]])
  })

  contractTest(
    'no more than maxRestrained go to queues that their health restrains, nor more than their room in a lane, and pings pass',
    async ({ one, ids }) => {
      const plain = await addSubscription(one, ids)
      const restrained = [await addSubscription(one, ids), await addSubscription(one, ids)]
      for (const { id } of restrained) {
        const update = { parkForMs: null, maxLeasedCount: 5, state: {} }
        await one.compareAndSetHealth(subscriptionScope(id), 0, update)
      }
      for (const record of [plain, ...restrained])
        for (let count = 0; count < 3; count += 1) await appendOne(one, ids, record)
      const claimedOf = async (request: Partial<ClaimRequest>) => {
        const { deliveries } = await claimWith(one, request)
        await one.release(deliveries.map(({ token }) => token))
        return deliveries
          .map(({ subscriptionId }) => (subscriptionId === plain.id ? 'plain' : 'restrained'))
          .toSorted()
      }
      const three = ['plain', 'plain', 'plain']
      expect(await claimedOf({})).toEqual([...three, ...Array.from({ length: 6 }, () => 'restrained')])
      expect(await claimedOf({ maxRestrained: 2 })).toEqual([...three, 'restrained', 'restrained'])
      expect(await claimedOf({ defaultRestrainedRoom: 1 })).toEqual([...three, 'restrained'])
      expect(await claimedOf({ restrainedRoomByLane: new Map([[sampleContent.lane, 0]]) })).toEqual(three)
      const [first] = restrained
      if (first !== undefined) await appendOne(one, ids, first, { isPing: true })
      expect(await claimedOf({ maxRestrained: 0 })).toEqual([...three, 'restrained'])
    },
  )

  contractTest('maxRetries counts over all queues', async ({ one, ids }) => {
    const records = [
      await addSubscription(one, ids),
      await addSubscription(one, ids),
      await addSubscription(one, ids),
    ]
    await appendTo(one, ids, records)
    for (const claimed of (await claimWith(one)).deliveries) await settleOne(one, claimed, retryNow)
    expect(await claimIds(one, { maxRetries: 2 })).toHaveLength(2)
  })

  contractTest('attempts are numbered over all recorded ones, counted or not', async ({ one, ids }) => {
    await appendOne(one, ids, await addSubscription(one, ids))
    await settleOne(one, await claimOne(one), retryNow)
    const second = await claimOne(one)
    expect(second).toMatchObject({ attemptNumber: 2, countedAttemptCount: 1 })
    await settleOne(one, second, { kind: 'release', delayMs: 0 })
    expect(await claimOne(one)).toMatchObject({ attemptNumber: 3, countedAttemptCount: 2 })
  })

  contractTest('the answer holds the health of what was claimed, of nothing else', async ({ one, ids }) => {
    const lane = 'https://ill.example'
    const record = await addSubscription(one, ids, { lane })
    const other = await addSubscription(one, ids)
    const idle = await addSubscription(one, ids)
    const update = { parkForMs: null, maxLeasedCount: 3, state: { phase: 'x' } }
    for (const scope of [subscriptionScope(record.id), laneScope(lane), subscriptionScope(idle.id)]) {
      await one.compareAndSetHealth(scope, 0, update)
    }
    await appendTo(one, ids, [record, other])
    const { health } = await claimWith(one)
    expect(health.map(({ scope }) => scope).sort()).toEqual([laneScope(lane), subscriptionScope(record.id)])
    expect(health[0]).toMatchObject({
      version: 1,
      parkedUntil: null,
      maxLeasedCount: 3,
      state: { phase: 'x' },
    })
  })

  contractTest(
    'a subscription that changed is claimed in its new version and lane',
    async ({ one, two, ids }) => {
      const record = await addSubscription(one, ids)
      await appendOne(one, ids, record)
      await two.updateSubscription(
        record.id,
        1,
        { ...sampleContent, lane: 'https://new.example' },
        webhookLimit,
      )
      const roomByLane = new Map([[sampleContent.lane, 0]])
      expect((await claimWith(one, { roomByLane })).deliveries).toMatchObject([
        { subscription: { version: 2 }, lane: 'https://new.example' },
      ])
    },
  )
}

function countBySubscription(deliveries: readonly { readonly subscriptionId: string }[]): readonly number[] {
  const counts = new Map<string, number>()
  for (const { subscriptionId } of deliveries)
    counts.set(subscriptionId, (counts.get(subscriptionId) ?? 0) + 1)
  return [...counts.values()]
}

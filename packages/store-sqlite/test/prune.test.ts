import { WaitingLines } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  claimRequest,
  newAppend,
  newDelivery,
  newSubscription,
  sampleAttempt,
  webhookLimit,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { append } from '../src/append.ts'
import { claim } from '../src/claim.ts'
import { prune } from '../src/prune.ts'
import { endOverdue } from '../src/retention.ts'
import { settle } from '../src/settle.ts'
import { createSubscription } from '../src/subscriptions.ts'
import { createRecordedDatabase, planOf } from './recorded-database.ts'

const day = 24 * 60 * 60 * 1_000
const week = { historyMs: 7 * day, eventIdMs: 7 * day, maxCount: 50 }

/** A database with so many deliveries of one subscription, appended at 0. */
function withDeliveries(count: number, bodyBytes: number) {
  const recorded = createRecordedDatabase()
  const ids = createIds()
  const subscription = newSubscription(ids)
  createSubscription(recorded.database, 0, subscription, webhookLimit)
  for (let made = 0; made < count; made += 1) {
    const request = newAppend(ids, [newDelivery(ids, subscription.id)])
    const bodies = request.bodies.map((body) => ({ ...body, bytes: new Uint8Array(bodyBytes) }))
    append(recorded.database, 0, { ...request, bodies })
  }
  return recorded
}

test('events that are old before their deliveries are costs a step nothing', () => {
  const { connection, database, takeRun } = withDeliveries(200, 10)
  expect(endOverdue(database, 3 * day, 3 * day, 1_000)).toHaveLength(200)
  takeRun()
  expect(prune(database, 8 * day, { ...week, cursor: null })).toBeNull()
  const texts = takeRun().filter((text) => text.includes('events'))
  expect(texts).toHaveLength(1)
  // What the one statement looks at are the entries of an index, and there is none.
  expect(planOf(connection, texts[0] ?? '')).toContain(
    'SEARCH events USING COVERING INDEX events_idle (created_at<?)',
  )
  expect(connection.prepare('select count(*) as count from events where is_idle = 1').get()).toEqual({
    count: 0,
  })
  for (let cursor: string | null = 'history'; cursor !== null; )
    cursor = prune(database, 10 * day, { ...week, cursor })
  expect(connection.prepare('select count(*) as count from events').get()).toEqual({ count: 0 })
})

test('a step looks at no more old bodies than it may remove, and none of them twice', () => {
  const { connection, database } = withDeliveries(120, 10)
  const request = { ...week, bodyMs: day }
  const cursors: (string | null)[] = []
  for (let cursor: string | null = 'history'; cursor !== null; ) {
    cursor = prune(database, 2 * day, { ...request, cursor })
    cursors.push(cursor)
  }
  expect(cursors).toEqual([
    expect.stringMatching(/^bodies\..*\.50$/),
    expect.stringMatching(/^bodies\..*\.100$/),
    null,
  ])
  expect(connection.prepare('select count(*) as count from bodies').get()).toEqual({ count: 120 })
})

test('while only space is given back nothing else is looked at', () => {
  const { database, takeRun } = withDeliveries(400, 40_000)
  const { deliveries } = claim(
    database,
    0,
    claimRequest({ maxCount: 400, maxPerSubscription: 400, defaultRoom: 400 }),
    new WaitingLines(),
  )
  expect(deliveries).toHaveLength(400)
  settle(
    database,
    0,
    deliveries.map(({ token }) => ({
      token,
      attempt: sampleAttempt,
      isCounted: true,
      next: { kind: 'final', state: 'delivered', reason: null },
    })),
  )
  let spaceStepCount = 0
  for (let cursor: string | null = 'history'; cursor !== null; ) {
    takeRun()
    const begin = cursor
    cursor = prune(database, 8 * day, { ...week, cursor })
    if (begin !== 'space') continue
    spaceStepCount += 1
    for (const text of takeRun()) expect(text).toMatch(/^pragma /)
  }
  expect(spaceStepCount).toBeGreaterThan(2)
})

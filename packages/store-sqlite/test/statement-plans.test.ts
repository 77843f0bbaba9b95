import { DatabaseSync } from 'node:sqlite'
import { type ClaimedDelivery, type SettlementNext, WaitingLines } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  claimRequest,
  newAppend,
  newDelivery,
  newSubscription,
  sampleAttempt,
  sampleContent,
  webhookLimit,
} from '@posthorn/test-kit/store-contract/samples'
import { describe, expect, test } from 'vitest'
import { append, readBodies } from '../src/append.ts'
import { claim } from '../src/claim.ts'
import { Database } from '../src/database/database.ts'
import { migrate } from '../src/database/migrate.ts'
import { cancelDeliveries, copyDeliveries } from '../src/deliveries.ts'
import { nextDue } from '../src/due.ts'
import { compareAndSetHealth, readHealth } from '../src/health.ts'
import { getDeliveries, listAttempts, listDeliveries } from '../src/history.ts'
import { release, renew } from '../src/leases.ts'
import { mendTimes } from '../src/mend-times.ts'
import { mendWaits } from '../src/mend-waits.ts'
import { prune } from '../src/prune.ts'
import { endOverdue, trimDisabled } from '../src/retention.ts'
import { settle } from '../src/settle.ts'
import {
  countSubscriptions,
  createSubscription,
  deleteSubscriptions,
  match,
  stillMatches,
  updateSubscription,
} from '../src/subscriptions.ts'

/** Every statement that the engine runs but those of `stats`, as it prepares them. */
const texts = runEverything()

/**
 * What a plan may read from end to end: the steps of a recursion, lists in a parameter, an index that holds what is asked for and
 * nothing else, one that is read from an end as far as a least value or the count that may stay.
 */
const boundedScans =
  /^SCAN (queue|key|CONSTANT ROW|\(subquery-\d+\)|\w+ USING (COVERING )?INDEX (subscriptions_disabled|deliveries_finished))/

describe('no statement reads a whole table or sorts', () => {
  test.for(texts.map((text) => [text.trim().replaceAll(/\s+/g, ' ').slice(0, 100), text] as const))(
    '%s',
    ([, text]) => {
      const plan = migrated().prepare(`explain query plan ${text}`).all()
      const lines = plan.map(({ detail }) => String(detail))
      expect(lines.filter((line) => line.startsWith('SCAN') && !boundedScans.test(line))).toEqual([])
      expect(lines.filter((line) => line.includes('TEMP B-TREE') && !isOfOneEvent(text))).toEqual([])
    },
  )
})

/** The deliveries of one event are sorted: they are as many as its subscriptions. */
function isOfOneEvent(text: string): boolean {
  return text.includes('where event_seq = (select seq from events where id = ')
}

function migrated(): DatabaseSync {
  const connection = new DatabaseSync(':memory:')
  migrate(new Database(connection), 1)
  return connection
}

function runEverything(): readonly string[] {
  const connection = migrated()
  const prepared = new Set<string>()
  const prepare = connection.prepare.bind(connection)
  connection.prepare = (text) => {
    prepared.add(text)
    return prepare(text)
  }
  const database = new Database(connection)
  const ids = createIds()
  const ordered = newSubscription(ids, { isOrdered: true })
  const disabled = newSubscription(ids, { disabled: { at: 1, reason: 'gone' } })
  const plain = newSubscription(ids)
  for (const subscription of [ordered, disabled, plain])
    createSubscription(database, 1, subscription, webhookLimit)
  updateSubscription(
    database,
    1,
    plain.id,
    1,
    { ...sampleContent, lane: 'https://two.example' },
    webhookLimit,
  )
  for (const scope of [`subscription:${plain.id}`, 'lane:https://two.example'] as const) {
    compareAndSetHealth(database, 1, scope, 0, { parkForMs: null, maxLeasedCount: 90, state: {} })
    compareAndSetHealth(database, 1, scope, 1, { parkForMs: 1, maxLeasedCount: 90, state: {} })
    readHealth(database, scope)
  }
  match(database, [plain.subject], 'repo:push')
  stillMatches(database, 'repo:push', { subjects: [plain.subject], subscriptions: [] })
  countSubscriptions(database, 'https://two.example')
  const requests = Array.from({ length: 8 }, () =>
    newAppend(ids, [
      newDelivery(ids, plain.id),
      newDelivery(ids, disabled.id),
      newDelivery(ids, ordered.id, { orderKey: 'a' }),
      newDelivery(ids, ordered.id, { orderKey: 'b' }),
      newDelivery(ids, plain.id, { isPing: true }),
    ]),
  )
  for (const request of [...requests, ...requests.slice(0, 1)]) append(database, 1, request)
  readBodies(
    database,
    requests.flatMap(({ bodies }) => bodies),
  )
  nextDue(database, 0, null)
  const settleWith = (claimed: readonly ClaimedDelivery[], next: SettlementNext) =>
    settle(
      database,
      2,
      claimed.map(({ token }) => ({ token, attempt: sampleAttempt, isCounted: true, next })),
    )
  const takeSome = () => claim(database, 2, claimRequest({ maxCount: 4 }), new WaitingLines()).deliveries
  settleWith(takeSome(), { kind: 'retry', delayMs: 0, isSetAside: false })
  settleWith(takeSome(), { kind: 'hold', leaseMs: 5 })
  for (let count = 0; count <= 100; count += 1)
    settleWith(takeSome().slice(0, 1), { kind: 'release', delayMs: 0 })
  const taken = takeSome()
  renew(
    database,
    2,
    taken.map(({ token }) => token),
    5,
  )
  settleWith(taken, { kind: 'final', state: 'delivered', reason: null })
  release(
    database,
    2,
    takeSome().map(({ token }) => token),
  )
  const [first] = requests.flatMap(({ deliveries }) => deliveries)
  cancelDeliveries(database, 2, [first?.id ?? '', 'unknown'])
  copyDeliveries(database, 2, [{ sourceId: first?.id ?? '', id: ids.next() }])
  getDeliveries(database, 2, [first?.id ?? ''])
  listAttempts(database, first?.id ?? '')
  const page = { maxCount: 5, cursor: null }
  for (const filter of [{}, { subscriptionId: plain.id }, { eventId: requests[0]?.event.id ?? '' }])
    listDeliveries(database, 2, filter, page)
  const waits = { maxFirstWaitMs: 0, maxRetryWaitMs: 0, maxParkMs: 0, maxCount: 2 }
  let cursor: string | null = null
  do cursor = mendWaits(database, -1_000, { ...waits, cursor }).cursor
  while (cursor !== null)
  mendTimes(database, -1_000, { maxAheadMs: 1_001, maxCount: 100, cursor: null })
  trimDisabled(database, 3, 1, 5, null)
  endOverdue(database, 3, 1, 5)
  prune(database, 9, {
    historyMs: 1,
    maxFinishedCount: 1,
    bodyMs: 1,
    eventIdMs: 1,
    maxCount: 100,
    cursor: null,
  })
  deleteSubscriptions(database, 9, [plain.id])
  return [...prepared]
}

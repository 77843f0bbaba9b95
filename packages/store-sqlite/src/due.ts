import {
  type DueAnswer,
  type DueCursor,
  formatDueCursor,
  maxOrderKeysPerClaim,
  parseDueCursor,
} from '@posthorn/core'
import { isSet, numberOf, numberOrNull, textOf, textOrNull } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { ranks } from './queue-heads.ts'
import { slotsOfLane, slotsOfSubscription } from './queue-turn.ts'
import { pickQueues, QueueWalk } from './queue-walk.ts'
import { isStopped, parkedUntilOf } from './rows.ts'

const firstLeaseEnd = sql(`
  select min(leased_until) as soonest from deliveries where leased_until is not null
`)

const isAnyLeaseVoid = sql(`
  select exists (select 1 from deliveries where held_from > :now) as is_void
`)

const soonestOfRank = sql(`
  select min(due_at) as soonest from deliveries where subscription_id = :id and rank = :rank
`)

/** Of the heads of some order keys, from one on; a head that is leased waits for its lease. */
const soonestInOrder = sql(`
  with recursive key (order_key, nth) as (
    select min(order_key), 1 from deliveries where subscription_id = :id and order_key >= :from_key
    union all
    select (select min(order_key) from deliveries where subscription_id = :id and order_key > key.order_key), nth + 1
    from key
    where key.order_key is not null and nth < :max_keys
  )
  select min(case when d.lease_token is null then d.due_at end) as soonest, count(*) as key_count,
    max(key.order_key) as last_key
  from key
  join deliveries d on d.seq = (
    select min(seq) from deliveries where subscription_id = :id and order_key = key.order_key
  )
`)

const due: DueAnswer = { dueInMs: 0, cursor: null }

/** How long until something can be claimed. Visits the queues behind the cursor in turn, and ends early when one is due. */
export function nextDue(database: Database, now: number, cursor: string | null): DueAnswer {
  if (database.get(isAnyLeaseVoid, { now })?.is_void === 1) return due
  // A lease that ends may also free a slot, or let the next one in an order go.
  let soonest = numberOrNull(database.get(firstLeaseEnd) ?? {}, 'soonest') ?? Number.POSITIVE_INFINITY
  if (soonest <= now) return due
  const begin = cursor === null ? null : parseDueCursor(cursor)
  const walk = new QueueWalk(database, begin?.subscriptionId ?? null, now)
  const toAnswer = (next: string | null): DueAnswer => ({
    dueInMs: soonest === Number.POSITIVE_INFINITY ? null : soonest - now,
    cursor: next,
  })
  let keysLeft = maxOrderKeysPerClaim
  for (const { facts, fromKey } of queuesFrom(database, begin, walk, now)) {
    const found = claimableAt(database, facts, { fromKey, maxKeys: keysLeft }, now)
    soonest = Math.min(soonest, found.at)
    if (soonest <= now) return due
    keysLeft -= found.keyCount
    if (keysLeft <= 0) {
      return toAnswer(formatDueCursor({ subscriptionId: textOf(facts, 'id'), orderKey: found.lastKey }))
    }
  }
  return toAnswer(walk.next)
}

/** The queue that the last call left in the midst of its order keys, then those behind it. */
function* queuesFrom(
  database: Database,
  begin: DueCursor | null,
  walk: QueueWalk,
  now: number,
): Generator<{ readonly facts: Row; readonly fromKey: string }> {
  if (begin !== null && begin.orderKey !== null) {
    const { subscriptionId, orderKey } = begin
    for (const facts of pickQueues(database, [subscriptionId], now)) yield { facts, fromKey: orderKey }
  }
  for (const facts of walk.queues()) yield { facts, fromKey: '' }
}

/** Which order keys may be looked at. */
interface KeyRange {
  readonly fromKey: string
  readonly maxKeys: number
}

interface Soonest {
  readonly at: number
  /** How many order keys were looked at, and the last of them. */
  readonly keyCount: number
  readonly lastKey: string | null
}

function claimableAt(database: Database, facts: Row, range: KeyRange, now: number): Soonest {
  const id = textOf(facts, 'id')
  const pingAt = soonestOf(database, id, ranks.ping)
  if (pingAt <= now || isStopped(facts) || isFull(database, facts, now)) {
    return { at: pingAt, keyCount: 0, lastKey: null }
  }
  const firstAt = soonestOf(database, id, ranks.firstAttempt)
  const retryAt = soonestOf(database, id, ranks.retry)
  const ordered = isSet(facts, 'has_ordered') ? soonestOrdered(database, id, range) : noKeys
  const at = Math.min(pingAt, Math.max(Math.min(firstAt, retryAt, ordered.at), parkedUntilOf(facts)))
  return { ...ordered, at }
}

const noKeys: Soonest = { at: Number.POSITIVE_INFINITY, keyCount: 0, lastKey: null }

/** Whether as many are leased as the health of the queue or its lane lets; one that is parked is not full. */
function isFull(database: Database, facts: Row, now: number): boolean {
  const unparked = { ...facts, parked_until: null, lane_parked_until: null }
  return slotsOfSubscription(database, unparked, now) === 0 || slotsOfLane(database, unparked, now) === 0
}

function soonestOf(database: Database, id: string, rank: number): number {
  return numberOrNull(database.get(soonestOfRank, { id, rank }) ?? {}, 'soonest') ?? Number.POSITIVE_INFINITY
}

function soonestOrdered(database: Database, id: string, { fromKey, maxKeys }: KeyRange): Soonest {
  const row = database.get(soonestInOrder, { id, from_key: fromKey, max_keys: maxKeys }) ?? {}
  return {
    at: numberOrNull(row, 'soonest') ?? Number.POSITIVE_INFINITY,
    keyCount: numberOf(row, 'key_count'),
    lastKey: textOrNull(row, 'last_key'),
  }
}

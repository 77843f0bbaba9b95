import type { DueAnswer } from '@posthorn/core'
import { numberOf, numberOrNull, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { ranks } from './queue-heads.ts'
import { slotsOfLane, slotsOfSubscription } from './queue-turn.ts'
import { QueueWalk } from './queue-walk.ts'
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

/** Of the head of each order key; a head that is leased waits for its lease. */
const soonestInOrder = sql(`
  with recursive key (order_key) as (
    select min(order_key) from deliveries where subscription_id = :id and order_key is not null
    union all
    select (select min(order_key) from deliveries where subscription_id = :id and order_key > key.order_key)
    from key
    where key.order_key is not null
  )
  select min(d.due_at) as soonest
  from key
  join deliveries d on d.seq = (
    select min(seq) from deliveries where subscription_id = :id and order_key = key.order_key
  )
  where d.lease_token is null
`)

const due: DueAnswer = { dueInMs: 0, cursor: null }

/** How long until something can be claimed. Visits the queues behind the cursor in turn, and ends early when one is due. */
export function nextDue(database: Database, now: number, cursor: string | null): DueAnswer {
  if (database.get(isAnyLeaseVoid, { now })?.is_void === 1) return due
  // A lease that ends may also free a slot, or let the next one in an order go.
  let soonest = numberOrNull(database.get(firstLeaseEnd) ?? {}, 'soonest') ?? Number.POSITIVE_INFINITY
  if (soonest <= now) return due
  const walk = new QueueWalk(database, cursor)
  for (const facts of walk.queues()) {
    soonest = Math.min(soonest, claimableAt(database, facts, now))
    if (soonest <= now) return due
  }
  return { dueInMs: soonest === Number.POSITIVE_INFINITY ? null : soonest - now, cursor: walk.next }
}

function claimableAt(database: Database, facts: Row, now: number): number {
  const id = textOf(facts, 'id')
  const pingAt = soonestOf(database, id, ranks.ping)
  if (pingAt <= now || isStopped(facts) || isFull(database, facts, now)) return pingAt
  const firstAt = soonestOf(database, id, ranks.firstAttempt)
  const retryAt = soonestOf(database, id, ranks.retry)
  const orderedAt =
    numberOf(facts, 'has_ordered') === 0 ? Number.POSITIVE_INFINITY : soonestOrdered(database, id)
  return Math.min(pingAt, Math.max(Math.min(firstAt, retryAt, orderedAt), parkedUntilOf(facts)))
}

/** Whether as many are leased as the health of the queue or its lane lets; one that is parked is not full. */
function isFull(database: Database, facts: Row, now: number): boolean {
  const unparked = { ...facts, parked_until: null, lane_parked_until: null }
  return slotsOfSubscription(database, unparked, now) === 0 || slotsOfLane(database, unparked, now) === 0
}

function soonestOf(database: Database, id: string, rank: number): number {
  return numberOrNull(database.get(soonestOfRank, { id, rank }) ?? {}, 'soonest') ?? Number.POSITIVE_INFINITY
}

function soonestOrdered(database: Database, id: string): number {
  return numberOrNull(database.get(soonestInOrder, { id }) ?? {}, 'soonest') ?? Number.POSITIVE_INFINITY
}

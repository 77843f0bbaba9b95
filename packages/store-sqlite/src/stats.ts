import type { StoreStats } from '@posthorn/core'
import { numberOf, numberOrNull, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { ranks } from './queue-heads.ts'
import { isLeased, isQueueParked, isStopped } from './rows.ts'

/** What waits, from indexes alone but for what keeps an order. */
const countQueues = sql(`
  select subscription_id, rank, count(*) as count, count(*) filter (where due_at <= :now) as due_count, min(due_at) as due_at
  from deliveries
  where rank is not null
  group by subscription_id, rank
`)

const countOrdered = sql(`
  select subscription_id, 1 as rank, count(*) as count, count(*) filter (where due_at <= :now) as due_count, min(due_at) as due_at
  from deliveries
  where order_key is not null and lease_token is null
  group by subscription_id
`)

const readLeases = sql(`
  select subscription_id, is_ping, due_at, leased_until, held_from from deliveries where leased_until is not null
`)

const readHeldBack = sql(`
  select s.id, s.is_active, s.disabled, sh.parked_until, lh.parked_until as lane_parked_until
  from subscriptions s
  left join health sh on sh.scope = 'subscription:' || s.id
  left join health lh on lh.scope = 'lane:' || s.lane
  where s.id = :id
`)

const countSubscriptions = sql('select count(*) as count from subscriptions')

const sumBytes = sql('select coalesce(sum(byte_count), 0) as bytes from bodies')

/** So many deliveries that wait alike. */
interface Waiting {
  readonly subscriptionId: string
  readonly isPing: boolean
  readonly count: number
  readonly dueCount: number
  readonly dueAt: number
}

/** The one call whose cost grows with what waits. */
export function stats(database: Database, now: number): StoreStats {
  const leases = database.all(readLeases)
  const leasedCount = leases.filter((row) => isLeased(row, now)).length
  const waiting = [
    ...database.all(countQueues, { now }).map(toWaiting),
    ...database.all(countOrdered, { now }).map(toWaiting),
    ...leases.filter((row) => !isLeased(row, now)).map((row) => toWaitingAfterLease(row, now)),
  ]
  const heldBack = heldBackIds(database, waiting, now)
  const isParked = ({ subscriptionId, isPing }: Waiting) => !isPing && heldBack.has(subscriptionId)
  const due = waiting.filter((some) => some.dueCount > 0 && !isParked(some))
  const oldestDueAt = due.reduce((oldest, { dueAt }) => Math.min(oldest, dueAt), Number.POSITIVE_INFINITY)
  return {
    storeNow: now,
    subscriptionCount: numberOf(database.get(countSubscriptions) ?? {}, 'count'),
    pendingCount: sum(waiting.map(({ count }) => count)),
    parkedCount: sum(waiting.filter(isParked).map(({ count }) => count)),
    dueCount: sum(due.map(({ dueCount }) => dueCount)),
    leasedCount,
    oldestDueAgeMs: due.length === 0 ? null : now - oldestDueAt,
    bodyBytes: numberOf(database.get(sumBytes) ?? {}, 'bytes'),
  }
}

function heldBackIds(database: Database, waiting: readonly Waiting[], now: number): ReadonlySet<string> {
  const ids = new Set(waiting.map(({ subscriptionId }) => subscriptionId))
  return new Set(
    [...ids].filter((id) => {
      const row = database.get(readHeldBack, { id })
      return row !== undefined && (isStopped(row) || isQueueParked(row, now))
    }),
  )
}

function toWaiting(row: Row): Waiting {
  return {
    subscriptionId: textOf(row, 'subscription_id'),
    isPing: numberOf(row, 'rank') === ranks.ping,
    count: numberOf(row, 'count'),
    dueCount: numberOf(row, 'due_count'),
    dueAt: numberOrNull(row, 'due_at') ?? Number.POSITIVE_INFINITY,
  }
}

/** A lease that is over, and not yet taken back. */
function toWaitingAfterLease(row: Row, now: number): Waiting {
  const dueAt = numberOf(row, 'due_at')
  return {
    subscriptionId: textOf(row, 'subscription_id'),
    isPing: numberOf(row, 'is_ping') !== 0,
    count: 1,
    dueCount: dueAt <= now ? 1 : 0,
    dueAt,
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

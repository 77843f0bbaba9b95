import type { EndedDelivery, FinalReason, FinalState, TrimAnswer } from '@posthorn/core'
import { numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { type SqlValues, type Statement, sql } from './database/statement.ts'
import { isUnleased, withoutLease } from './lease-columns.ts'

const readOverdue = sql(`
  select seq, id, subscription_id from deliveries
  where state = 'unfinished' and created_at <= :created_by and ${isUnleased}
  order by created_at, seq
  limit :max_count
`)

const readDisabled = sql(`
  select id from subscriptions
  where disabled is not null and id > :behind
  order by id
`)

/** From an index alone. Pings and leases are among them, so it may be too high, never too low. */
const countUnfinished = sql(`
  select count(*) as count from (
    select 1 from deliveries where subscription_id = :id and state = 'unfinished' limit :max_count
  )
`)

const countWaiting = sql(`
  select count(*) as count from (
    select 1 from deliveries
    where subscription_id = :id and state = 'unfinished' and not is_ping and ${isUnleased}
    limit :max_count
  )
`)

const readOldest = sql(`
  select seq, id, subscription_id from deliveries
  where subscription_id = :id and state = 'unfinished' and not is_ping and ${isUnleased}
  order by created_at, seq
  limit :max_count
`)

const end = sql(`
  update deliveries
  set state = :state, reason = :reason, finished_at = :now, rank = null, order_key = null,
    ${withoutLease}
  where seq = :seq
`)

/** What one call looks at: entries of indexes and rows, a few ms. A queue counts as some, however short it is. */
const maxLookedAt = 10_000
const lookedAtPerQueue = 10

export function endOverdue(
  database: Database,
  now: number,
  maxAgeMs: number,
  maxCount: number,
): readonly EndedDelivery[] {
  const rows = database.all(readOverdue, { created_by: now - maxAgeMs, now, max_count: maxCount })
  return rows.map((row) => endOne(database, row, 'exhausted', 'age', now))
}

/** The cursor is the last subscription that was done; the empty one is before all. */
export function trimDisabled(
  database: Database,
  now: number,
  maxPerSubscription: number,
  maxCount: number,
  cursor: string | null,
): TrimAnswer {
  const ended: EndedDelivery[] = []
  let lookedAt = 0
  let done = cursor ?? ''
  for (const disabled of database.each(readDisabled, { behind: done })) {
    const id = textOf(disabled, 'id')
    const left = maxCount - ended.length
    if (left <= 0 || lookedAt >= maxLookedAt) return { ended, cursor: done }
    const queue = { id, max_count: maxPerSubscription + left }
    const unfinishedCount = countOf(database, countUnfinished, queue)
    lookedAt += lookedAtPerQueue + unfinishedCount
    if (unfinishedCount > maxPerSubscription) {
      const waitingCount = countOf(database, countWaiting, { ...queue, now })
      lookedAt += waitingCount
      const excess = Math.max(0, waitingCount - maxPerSubscription)
      for (const row of database.all(readOldest, { id, now, max_count: excess }))
        ended.push(endOne(database, row, 'discarded', 'retention-bound', now))
      // Not counted to its end.
      if (excess === left) return { ended, cursor: done }
    }
    done = id
  }
  return { ended, cursor: null }
}

function countOf(database: Database, statement: Statement, values: SqlValues): number {
  return numberOf(database.get(statement, values) ?? {}, 'count')
}

function endOne(
  database: Database,
  row: Row,
  state: FinalState,
  reason: FinalReason,
  now: number,
): EndedDelivery {
  database.run(end, { seq: numberOf(row, 'seq'), state, reason, now })
  return { id: textOf(row, 'id'), subscriptionId: textOf(row, 'subscription_id'), state, reason }
}

import type { EndedDelivery, FinalReason, FinalState } from '@posthorn/core'
import { numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { isUnleased, withoutLease } from './lease-columns.ts'

const readOverdue = sql(`
  select seq, id, subscription_id from deliveries
  where state = 'unfinished' and created_at <= :created_by and ${isUnleased}
  order by created_at, seq
  limit :max_count
`)

const readDisabled = sql('select id from subscriptions where disabled is not null')

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

export function endOverdue(
  database: Database,
  now: number,
  maxAgeMs: number,
  maxCount: number,
): readonly EndedDelivery[] {
  const rows = database.all(readOverdue, { created_by: now - maxAgeMs, now, max_count: maxCount })
  return rows.map((row) => endOne(database, row, 'exhausted', 'age', now))
}

export function trimDisabled(
  database: Database,
  now: number,
  maxPerSubscription: number,
  maxCount: number,
): readonly EndedDelivery[] {
  const ended: EndedDelivery[] = []
  for (const disabled of database.all(readDisabled)) {
    const id = textOf(disabled, 'id')
    const left = maxCount - ended.length
    if (left <= 0) break
    const waiting = database.get(countWaiting, { id, now, max_count: maxPerSubscription + left })
    const excess = numberOf(waiting ?? {}, 'count') - maxPerSubscription
    if (excess <= 0) continue
    for (const row of database.all(readOldest, { id, now, max_count: excess }))
      ended.push(endOne(database, row, 'discarded', 'retention-bound', now))
  }
  return ended
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

import type { EndedDelivery, FinalReason, FinalState, PruneRequest } from '@posthorn/core'
import { numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { giveBackSpace } from './database/give-back-space.ts'
import { type SqlValues, sql } from './database/statement.ts'
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

const readFinished = sql(`
  select seq from deliveries
  where finished_at <= :finished_at and (finished_at, seq) <= (:finished_at, :seq)
  order by finished_at, seq
  limit :max_count
`)

/** The one that finished last of those that are too many. */
const readNewestExcess = sql(`
  select finished_at, seq from deliveries where finished_at is not null
  order by finished_at desc, seq desc
  limit 1 offset :max_finished_count
`)

const forgetAttempts = sql('delete from attempts where delivery_seq = :seq')

const forgetDelivery = sql(`
  delete from deliveries where seq = :seq returning event_seq, dialect, variant, part
`)

const forgetUnusedBody = sql(`
  delete from bodies
  where event_seq = :event_seq and dialect = :dialect and variant = :variant and part = :part
    and not exists (
      select 1 from deliveries d
      where d.event_seq = bodies.event_seq and d.dialect = bodies.dialect and d.variant = bodies.variant
        and d.part = bodies.part
    )
`)

const forgetOldBodies = sql(`
  delete from bodies where rowid in (
    select b.rowid from bodies b
    where b.created_at <= :created_by
      and not exists (
        select 1 from deliveries d
        where d.event_seq = b.event_seq and d.dialect = b.dialect and d.variant = b.variant and d.part = b.part
          and d.state = 'unfinished'
      )
    order by b.created_at
    limit :max_count
  )
`)

const forgetOldEvents = sql(`
  delete from events where seq in (
    select e.seq from events e
    where e.created_at <= :created_by and not exists (select 1 from deliveries d where d.event_seq = e.seq)
    order by e.created_at
    limit :max_count
  )
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

/** Removes at most `maxCount` rows, or else gives some of their space back; true if there is more to do. */
export function prune(database: Database, now: number, request: PruneRequest): boolean {
  const { historyMs, maxFinishedCount, bodyMs, eventIdMs, maxCount } = request
  let left = maxCount
  left -= forgetFinished(database, now - historyMs, left)
  if (maxFinishedCount !== undefined && left > 0) left -= forgetExcess(database, maxFinishedCount, left)
  if (bodyMs !== undefined && left > 0)
    left -= database.run(forgetOldBodies, { created_by: now - bodyMs, max_count: left })
  if (left > 0) left -= database.run(forgetOldEvents, { created_by: now - eventIdMs, max_count: left })
  return left <= 0 || giveBackSpace(database)
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

function forgetFinished(database: Database, finishedBy: number, maxCount: number): number {
  return forgetUpTo(database, { finished_at: finishedBy, seq: Number.MAX_SAFE_INTEGER }, maxCount)
}

/** Whatever finished before those that may stay. */
function forgetExcess(database: Database, maxFinishedCount: number, maxCount: number): number {
  const newest = database.get(readNewestExcess, { max_finished_count: maxFinishedCount })
  if (newest === undefined) return 0
  const last = { finished_at: numberOf(newest, 'finished_at'), seq: numberOf(newest, 'seq') }
  return forgetUpTo(database, last, maxCount)
}

function forgetUpTo(database: Database, last: SqlValues, maxCount: number): number {
  const rows = database.all(readFinished, { ...last, max_count: maxCount })
  for (const row of rows) forget(database, numberOf(row, 'seq'))
  return rows.length
}

/** A body goes with the last delivery that uses it. */
function forget(database: Database, seq: number): void {
  database.run(forgetAttempts, { seq })
  const delivery = database.get(forgetDelivery, { seq }) ?? {}
  database.run(forgetUnusedBody, {
    event_seq: numberOf(delivery, 'event_seq'),
    dialect: textOf(delivery, 'dialect'),
    variant: textOf(delivery, 'variant'),
    part: numberOf(delivery, 'part'),
  })
}

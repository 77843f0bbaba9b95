import type { MendAnswer, MendTimesRequest } from '@posthorn/core'
import { numberOf } from './database/columns.ts'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'

const readFirstSubscription = sql(
  'select created_at from subscriptions where seq = (select min(seq) from subscriptions)',
)

const readCreated = sql(`
  select seq, event_seq from deliveries
  where state = :state and created_at > :latest
  limit :max_count
`)

const mendCreated = sql('update deliveries set created_at = :now where seq = :seq')

/** An event is found by its deliveries, or among those that have none. */
const mendEvent = sql('update events set created_at = :now where seq = :event_seq and created_at > :latest')

const mendIdleEvents = sql(`
  update events set created_at = :now
  where seq in (select seq from events where is_idle = 1 and created_at > :latest limit :max_count)
`)

const mendFinished = sql(`
  update deliveries set finished_at = :now
  where seq in (select seq from deliveries where finished_at > :latest limit :max_count)
`)

const mendBodies = sql(`
  update bodies set created_at = :now
  where rowid in (select rowid from bodies where created_at > :latest limit :max_count)
`)

const states = ['unfinished', 'delivered', 'exhausted', 'cancelled', 'discarded'] as const

/** Looks at the far ends of indexes alone: what is left of a pass is found from its beginning. */
export function mendTimes(
  database: Database,
  now: number,
  { maxAheadMs, maxCount }: MendTimesRequest,
): MendAnswer {
  const latest = now + maxAheadMs
  const first = database.get(readFirstSubscription)
  if (first !== undefined && numberOf(first, 'created_at') > latest) return { mendedCount: 0, cursor: null }
  let left = maxCount
  for (const state of states) {
    const rows = left === 0 ? [] : database.all(readCreated, { state, latest, max_count: left })
    for (const row of rows) {
      database.run(mendCreated, { seq: numberOf(row, 'seq'), now })
      database.run(mendEvent, { event_seq: numberOf(row, 'event_seq'), now, latest })
    }
    left -= rows.length
  }
  for (const statement of [mendFinished, mendBodies, mendIdleEvents])
    if (left > 0) left -= database.run(statement, { now, latest, max_count: left })
  return { mendedCount: maxCount - left, cursor: left > 0 ? null : 'more' }
}

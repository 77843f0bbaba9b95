import type { CancelOutcome, CopyOutcome, CopyRequest } from '@posthorn/core'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'
import { withoutLease } from './lease-columns.ts'

const cancel = sql(`
  update deliveries
  set state = 'cancelled', reason = 'by-host', finished_at = :now, rank = null, order_key = null,
    ${withoutLease}
  where id = :id and state = 'unfinished'
`)

const readState = sql('select state from deliveries where id = :id')

const readCopy = sql('select 1 from deliveries where id = :id and redelivery_of = :source_id')

const readSource = sql(`
  select d.state,
    exists (select 1 from deliveries where redelivery_of = d.id) as is_copied,
    exists (select 1 from subscriptions where id = d.subscription_id) as has_subscription,
    exists (
      select 1 from bodies b
      where b.event_seq = d.event_seq and b.dialect = d.dialect and b.variant = d.variant and b.part = d.part
    ) as has_body
  from deliveries d
  where d.id = :source_id
`)

const insertCopy = sql(`
  insert into deliveries
    (id, event_seq, subscription_id, dialect, variant, part, part_count, is_ping, redelivery_of, rank, created_at, due_at)
  select :id, event_seq, subscription_id, dialect, variant, part, part_count, 0, id, 1, :now, :now
  from deliveries
  where id = :source_id
`)

export function cancelDeliveries(
  database: Database,
  now: number,
  ids: readonly string[],
): readonly CancelOutcome[] {
  return ids.map((id) => {
    if (database.run(cancel, { id, now }) === 1) return 'cancelled'
    return database.get(readState, { id }) === undefined ? 'not-found' : 'already-final'
  })
}

/** Fails as a whole if an id stands for another delivery already. */
export function copyDeliveries(
  database: Database,
  now: number,
  copies: readonly CopyRequest[],
): readonly CopyOutcome[] {
  return copies.map((request) => copy(database, request, now))
}

function copy(
  database: Database,
  { sourceId, id, onlyFirst = false }: CopyRequest,
  now: number,
): CopyOutcome {
  // Made before, by a call whose answer was lost.
  if (database.get(readCopy, { id, source_id: sourceId }) !== undefined) return 'copied'
  const source = database.get(readSource, { source_id: sourceId })
  if (source === undefined) return 'not-found'
  if (source.state === 'unfinished') return 'not-final'
  if (onlyFirst && source.is_copied === 1) return 'copied-before'
  if (source.has_subscription === 0) return 'subscription-deleted'
  if (source.has_body === 0) return 'body-expired'
  database.run(insertCopy, { id, source_id: sourceId, now })
  return 'copied'
}

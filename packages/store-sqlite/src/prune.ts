import type { PruneRequest } from '@posthorn/core'
import { isSet, numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { giveBackSpace } from './database/give-back-space.ts'
import { type SqlValues, sql } from './database/statement.ts'

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

const markIdle = sql(`
  update events set is_idle = 1
  where seq = :event_seq and not exists (select 1 from deliveries where event_seq = :event_seq)
`)

const forgetIdleEvents = sql(`
  delete from events where seq in (
    select seq from events
    where is_idle = 1 and created_at <= :created_by
    order by created_at
    limit :max_count
  )
`)

/** Those that are needed too, so that a step visits no more than it may remove. */
const readOldBodies = sql(`
  select b.rowid as number, b.created_at, b.byte_count,
    exists (
      select 1 from deliveries d
      where d.event_seq = b.event_seq and d.dialect = b.dialect and d.variant = b.variant and d.part = b.part
        and d.state = 'unfinished'
    ) as is_needed
  from bodies b
  where b.created_at <= :created_by
    and (b.created_at, b.byte_count, b.rowid) > (:created_at, :byte_count, :number)
  order by b.created_at, b.byte_count, b.rowid
  limit :max_count
`)

const forgetBody = sql('delete from bodies where rowid = :number')

/** The last body that a pass has looked at. */
interface BodyPlace {
  readonly createdAt: number
  readonly byteCount: number
  readonly number: number
}

/** Where a step of a pass begins. */
type Stage = { readonly kind: 'history' | 'space' } | { readonly kind: 'bodies'; readonly behind: BodyPlace }

const beforeAll: BodyPlace = { createdAt: -1, byteCount: -1, number: -1 }

/**
 * One step of a pass, which leads through the history, the old bodies and the space that is left behind. What is done is not
 * looked at again: `maxCount` bounds what a step visits, not only what it removes.
 */
export function prune(database: Database, now: number, request: PruneRequest): string | null {
  const stage = parseStage(request.cursor)
  let left = request.maxCount
  if (stage.kind === 'history') {
    left -= forgetHistory(database, now, request)
    if (left <= 0) return 'history'
  }
  if (stage.kind !== 'space' && request.bodyMs !== undefined) {
    const behind = stage.kind === 'bodies' ? stage.behind : beforeAll
    const last = forgetOldBodies(database, now - request.bodyMs, behind, left)
    if (last !== null) return `bodies.${last.createdAt}.${last.byteCount}.${last.number}`
  }
  return giveBackSpace(database) ? 'space' : null
}

/** Finished deliveries, and events without any; gives how many. */
function forgetHistory(
  database: Database,
  now: number,
  { historyMs, maxFinishedCount, eventIdMs, maxCount }: PruneRequest,
): number {
  let left = maxCount
  left -= forgetFinished(database, now - historyMs, left)
  if (maxFinishedCount !== undefined && left > 0) left -= forgetExcess(database, maxFinishedCount, left)
  if (left > 0) left -= database.run(forgetIdleEvents, { created_by: now - eventIdMs, max_count: left })
  return maxCount - left
}

/** Gives the last one that was looked at, or null if there are no more. */
function forgetOldBodies(
  database: Database,
  appendedBy: number,
  behind: BodyPlace,
  maxCount: number,
): BodyPlace | null {
  const rows = database.all(readOldBodies, {
    created_by: appendedBy,
    created_at: behind.createdAt,
    byte_count: behind.byteCount,
    number: behind.number,
    max_count: maxCount,
  })
  for (const row of rows)
    if (!isSet(row, 'is_needed')) database.run(forgetBody, { number: numberOf(row, 'number') })
  const last = rows.at(-1)
  return last === undefined || rows.length < maxCount ? null : placeOf(last)
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

/** A body goes with the last delivery that uses it; an event is idle from its last delivery on. */
function forget(database: Database, seq: number): void {
  database.run(forgetAttempts, { seq })
  const delivery = database.get(forgetDelivery, { seq }) ?? {}
  const eventSeq = numberOf(delivery, 'event_seq')
  database.run(forgetUnusedBody, {
    event_seq: eventSeq,
    dialect: textOf(delivery, 'dialect'),
    variant: textOf(delivery, 'variant'),
    part: numberOf(delivery, 'part'),
  })
  database.run(markIdle, { event_seq: eventSeq })
}

function placeOf(row: Row): BodyPlace {
  return {
    createdAt: numberOf(row, 'created_at'),
    byteCount: numberOf(row, 'byte_count'),
    number: numberOf(row, 'number'),
  }
}

/** A cursor that is none of this store's begins a pass. */
function parseStage(cursor: string | null): Stage {
  if (cursor === 'space') return { kind: 'space' }
  const [kind, ...numbers] = cursor?.split('.') ?? []
  const [createdAt, byteCount, number] = numbers.map(Number)
  if (kind !== 'bodies' || createdAt === undefined || byteCount === undefined || number === undefined)
    return { kind: 'history' }
  return { kind: 'bodies', behind: { createdAt, byteCount, number } }
}

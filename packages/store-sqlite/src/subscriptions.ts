import {
  type CreateOutcome,
  type DeleteOutcome,
  type EventKey,
  laneScope,
  type NewSubscription,
  type RememberedMatch,
  type SubjectRef,
  type SubscriptionContent,
  type SubscriptionLimit,
  type SubscriptionRecord,
  subscriptionScope,
  type UpdateOutcome,
} from '@posthorn/core'
import { numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { type SqlValues, sql } from './database/statement.ts'
import { withoutLease } from './lease-columns.ts'
import { parseSubscription, readEvents, subscriptionColumns } from './rows.ts'

const readById = sql(`select ${subscriptionColumns} from subscriptions s where s.id = :id`)

const countInGroup = sql(`
  select count(*) as count from subscriptions
  where subject_type = :subject_type and subject_id = :subject_id and limit_group = :limit_group
`)

const insert = sql(`
  insert into subscriptions
    (id, version, subject_type, subject_id, limit_group, lane, events, is_active, disabled, is_ordered, settings,
     created_at, updated_at)
  values
    (:id, 1, :subject_type, :subject_id, :limit_group, :lane, :events, :is_active, :disabled, :is_ordered, :settings,
     :now, :now)
`)

const updateContent = sql(`
  update subscriptions
  set version = version + 1, limit_group = :limit_group, lane = :lane, events = :events, is_active = :is_active,
    disabled = :disabled, is_ordered = :is_ordered, settings = :settings, updated_at = :now
  where id = :id and version = :expected_version
`)

const remove = sql('delete from subscriptions where id = :id returning lane')

const cancelAll = sql(`
  update deliveries
  set state = 'cancelled', reason = 'subscription-deleted', finished_at = :now, rank = null, order_key = null,
    ${withoutLease}
  where subscription_id = :id and state = 'unfinished'
`)

const removeHealth = sql('delete from health where scope = :scope')

const readOfSubject = sql(`
  select s.seq, ${subscriptionColumns} from subscriptions s
  where s.subject_type = :subject_type and s.subject_id = :subject_id
`)

const readVersions = sql(`
  select id, version, events from subscriptions
  where subject_type = :subject_type and subject_id = :subject_id
`)

const countOfLane = sql('select count(*) as count from subscriptions where lane = :lane')

export function createSubscription(
  database: Database,
  now: number,
  { id, subject, content }: NewSubscription,
  limit: SubscriptionLimit,
): CreateOutcome {
  const [known] = getSubscriptions(database, [id])
  if (known !== undefined) return { kind: 'created', subscription: known }
  const count = countOf(database, subject, limit)
  if (count >= limit.maxCount) return { kind: 'limit-reached', count }
  database.run(insert, { id, ...subjectValues(subject), ...contentValues(content), now })
  return { kind: 'created', subscription: existing(database, id) }
}

export function updateSubscription(
  database: Database,
  now: number,
  id: string,
  expectedVersion: number,
  content: SubscriptionContent,
  limit: SubscriptionLimit,
): UpdateOutcome {
  const [current] = getSubscriptions(database, [id])
  if (current === undefined) return { kind: 'not-found' }
  if (current.version !== expectedVersion) return { kind: 'version-conflict' }
  if (content.limitGroup !== current.content.limitGroup) {
    const count = countOf(database, current.subject, limit)
    if (count >= limit.maxCount) return { kind: 'limit-reached', count }
  }
  database.run(updateContent, { id, expected_version: expectedVersion, ...contentValues(content), now })
  if (current.content.lane !== content.lane) removeIdleLane(database, current.content.lane)
  return { kind: 'updated', subscription: existing(database, id) }
}

export function deleteSubscriptions(
  database: Database,
  now: number,
  ids: readonly string[],
): readonly DeleteOutcome[] {
  return ids.flatMap((id) => {
    const removed = database.get(remove, { id })
    if (removed === undefined) return []
    const cancelledCount = database.run(cancelAll, { id, now })
    database.run(removeHealth, { scope: subscriptionScope(id) })
    removeIdleLane(database, textOf(removed, 'lane'))
    return { id, cancelledCount }
  })
}

export function getSubscriptions(database: Database, ids: readonly string[]): readonly SubscriptionRecord[] {
  return [...new Set(ids)].flatMap((id) => {
    const row = database.get(readById, { id })
    return row === undefined ? [] : parseSubscription(row)
  })
}

export function listSubscriptions(database: Database, subject: SubjectRef): readonly SubscriptionRecord[] {
  return oldestFirst(database.all(readOfSubject, subjectValues(subject)))
}

export function countSubscriptions(database: Database, lane: string): number {
  return numberOf(database.get(countOfLane, { lane }) ?? {}, 'count')
}

export function match(
  database: Database,
  subjects: readonly SubjectRef[],
  key: EventKey,
): readonly SubscriptionRecord[] {
  const rows = distinct(subjects).flatMap((subject) => database.all(readOfSubject, subjectValues(subject)))
  return oldestFirst(rows.filter((row) => asksFor(row, key)))
}

/** Whether `match` still gives these versions of these subscriptions. A row in a version that is known asks for what it asked for. */
export function stillMatches(database: Database, key: EventKey, remembered: RememberedMatch): boolean {
  const left = new Map<unknown, number>(remembered.subscriptions.map(({ id, version }) => [id, version]))
  for (const subject of distinct(remembered.subjects)) {
    for (const row of database.all(readVersions, subjectValues(subject))) {
      const version = left.get(row.id)
      if (version === undefined ? asksFor(row, key) : version !== row.version) return false
      left.delete(row.id)
    }
  }
  return left.size === 0
}

function distinct(subjects: readonly SubjectRef[]): readonly SubjectRef[] {
  return [...new Map(subjects.map((subject) => [`${subject.type}:${subject.id}`, subject])).values()]
}

/** What cannot be read may ask for it; those who match find out that it is damaged. */
function asksFor(row: Row, key: EventKey): boolean {
  return readEvents(row)?.includes(key) ?? true
}

/** Sorted here, since no index of subjects has this order, and at most a few subjects' limits are sorted. */
function oldestFirst(rows: readonly Row[]): readonly SubscriptionRecord[] {
  return rows.toSorted((one, other) => numberOf(one, 'seq') - numberOf(other, 'seq')).map(parseSubscription)
}

function countOf(database: Database, subject: SubjectRef, { group }: SubscriptionLimit): number {
  return numberOf(
    database.get(countInGroup, { ...subjectValues(subject), limit_group: group }) ?? {},
    'count',
  )
}

/** The health of a lane goes with its last subscription. */
function removeIdleLane(database: Database, lane: string): void {
  if (countSubscriptions(database, lane) === 0) database.run(removeHealth, { scope: laneScope(lane) })
}

/** One that is known to be there. */
export function existing(database: Database, id: string): SubscriptionRecord {
  return parseSubscription(database.get(readById, { id }) ?? {})
}

function subjectValues({ type, id }: SubjectRef): SqlValues {
  return { subject_type: type, subject_id: id }
}

function contentValues(content: SubscriptionContent): SqlValues {
  const { limitGroup, lane, events, isActive, disabled, isOrdered, settings } = content
  return {
    limit_group: limitGroup,
    lane,
    events: JSON.stringify(events),
    is_active: Number(isActive),
    disabled: disabled === null ? null : JSON.stringify(disabled),
    is_ordered: Number(isOrdered),
    settings: JSON.stringify(settings),
  }
}

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
import type { Data } from './data.ts'
import { frozenCopy } from './frozen-copy.ts'
import { finish } from './lifecycle.ts'
import type { SubscriptionRow } from './rows.ts'

export function createSubscription(
  data: Data,
  { id, subject, content }: NewSubscription,
  limit: SubscriptionLimit,
): CreateOutcome {
  const known = data.subscriptions.get(id)
  if (known !== undefined) return { kind: 'created', subscription: known.record }
  const count = countInGroup(data, subject, limit)
  if (count >= limit.maxCount) return { kind: 'limit-reached', count }
  const now = data.clock.now()
  const record = frozenCopy({ id, version: 1, subject, content, createdAt: now, updatedAt: now })
  data.lastSeq += 1
  const row: SubscriptionRow = { seq: data.lastSeq, record }
  data.subscriptions.set(id, row)
  addTo(data.subscriptionsBySubject, toSubjectKey(subject), row)
  index(data, row)
  return { kind: 'created', subscription: record }
}

export function updateSubscription(
  data: Data,
  id: string,
  expectedVersion: number,
  content: SubscriptionContent,
  limit: SubscriptionLimit,
): UpdateOutcome {
  const row = data.subscriptions.get(id)
  if (row === undefined) return { kind: 'not-found' }
  const { record } = row
  if (record.version !== expectedVersion) return { kind: 'version-conflict' }
  if (content.limitGroup !== record.content.limitGroup) {
    const count = countInGroup(data, record.subject, limit)
    if (count >= limit.maxCount) return { kind: 'limit-reached', count }
  }
  unindex(data, row, content.lane)
  row.record = frozenCopy({ ...record, version: record.version + 1, content, updatedAt: data.clock.now() })
  index(data, row)
  return { kind: 'updated', subscription: row.record }
}

export function deleteSubscriptions(data: Data, ids: readonly string[]): readonly DeleteOutcome[] {
  const outcomes: DeleteOutcome[] = []
  for (const id of ids) {
    const row = data.subscriptions.get(id)
    if (row === undefined) continue
    data.subscriptions.delete(id)
    removeFrom(data.subscriptionsBySubject, toSubjectKey(row.record.subject), row)
    unindex(data, row, null)
    data.health.delete(subscriptionScope(id))
    outcomes.push({ id, cancelledCount: cancelAllOf(data, id) })
  }
  return outcomes
}

export function getSubscriptions(data: Data, ids: readonly string[]): readonly SubscriptionRecord[] {
  return [...new Set(ids)].flatMap((id) => data.subscriptions.get(id)?.record ?? [])
}

export function listSubscriptions(data: Data, subject: SubjectRef): readonly SubscriptionRecord[] {
  return Array.from(rowsOf(data, subject), (row) => row.record)
}

export function countSubscriptions(data: Data, lane: string): number {
  return data.subscriptionsByLane.get(lane)?.size ?? 0
}

export function match(
  data: Data,
  subjects: readonly SubjectRef[],
  key: EventKey,
): readonly SubscriptionRecord[] {
  const rows = new Set(subjects.flatMap((subject) => [...rowsOf(data, subject)]))
  return [...rows]
    .filter((row) => row.record.content.events.includes(key))
    .sort((one, other) => one.seq - other.seq)
    .map((row) => row.record)
}

/** Whether `match` still gives these versions of these subscriptions. */
export function stillMatches(data: Data, key: EventKey, remembered: RememberedMatch): boolean {
  const current = match(data, remembered.subjects, key)
  const versions = new Map(remembered.subscriptions.map(({ id, version }) => [id, version]))
  return current.length === versions.size && current.every(({ id, version }) => versions.get(id) === version)
}

function countInGroup(data: Data, subject: SubjectRef, limit: SubscriptionLimit): number {
  let count = 0
  for (const { record } of rowsOf(data, subject)) if (record.content.limitGroup === limit.group) count += 1
  return count
}

function cancelAllOf(data: Data, subscriptionId: string): number {
  const now = data.clock.now()
  const unfinished = [...(data.queues.get(subscriptionId)?.unfinished ?? [])]
  for (const row of unfinished) finish(data, row, { state: 'cancelled', reason: 'subscription-deleted' }, now)
  return unfinished.length
}

function index(data: Data, row: SubscriptionRow): void {
  const { id, content } = row.record
  addTo(data.subscriptionsByLane, content.lane, row)
  if (content.disabled !== null) data.disabledIds.add(id)
}

/** The health of a lane goes with its last subscription. */
function unindex(data: Data, row: SubscriptionRow, nextLane: string | null): void {
  const { id, content } = row.record
  removeFrom(data.subscriptionsByLane, content.lane, row)
  data.disabledIds.remove(id)
  if (content.lane !== nextLane && countSubscriptions(data, content.lane) === 0) {
    data.health.delete(laneScope(content.lane))
  }
}

/** Oldest first. */
function rowsOf(data: Data, subject: SubjectRef): Iterable<SubscriptionRow> {
  return data.subscriptionsBySubject.get(toSubjectKey(subject)) ?? []
}

function toSubjectKey(subject: SubjectRef): string {
  return `${subject.type}:${subject.id}`
}

function addTo(rows: Map<string, Set<SubscriptionRow>>, key: string, row: SubscriptionRow): void {
  const known = rows.get(key)
  if (known === undefined) rows.set(key, new Set([row]))
  else known.add(row)
}

function removeFrom(rows: Map<string, Set<SubscriptionRow>>, key: string, row: SubscriptionRow): void {
  const known = rows.get(key)
  known?.delete(row)
  if (known?.size === 0) rows.delete(key)
}

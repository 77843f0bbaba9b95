import {
  type Attempt,
  type AttemptRecord,
  type Delivery,
  type DeliveryState,
  damagedSettings,
  type EventKey,
  type FinalReason,
  type HealthRecord,
  type HealthScope,
  isEventKey,
  parseSettings,
  type SubjectType,
  type SubscriptionContent,
  type SubscriptionDisabled,
  type SubscriptionRecord,
} from '@posthorn/core'
import {
  isSet,
  jsonOrUndefined,
  numberOf,
  numberOrNull,
  parseJson,
  textOf,
  textOrNull,
} from './database/columns.ts'
import type { Row } from './database/database.ts'

export const subscriptionColumns = `s.id, s.version, s.subject_type, s.subject_id, s.limit_group, s.lane, s.events, s.is_active,
  s.disabled, s.is_ordered, s.settings, s.created_at, s.updated_at`

export const healthColumns = 'scope, version, parked_until, max_leased_count, state'

/** For a delivery `d` of the event `e` and what holds back its queue: the subscription `s`, its health `sh`, its lane's `lh`. */
export const deliveryColumns = `d.id, e.id as event_id, e.key as event_key, d.subscription_id, d.dialect, d.variant, d.part,
  d.part_count, d.is_ping, d.redelivery_of, d.state, d.reason, d.attempt_count, d.counted_attempt_count, d.created_at, d.due_at,
  d.finished_at, d.leased_until, d.held_from, s.is_active, s.disabled, sh.parked_until,
  lh.parked_until as lane_parked_until`

/** One that is damaged is marked so: it must not keep others from being read. */
export function parseSubscription(row: Row): SubscriptionRecord {
  const events = readEvents(row)
  const disabled = readDisabled(row)
  const settings = parseSettings(jsonOrUndefined(row, 'settings'))
  const isDamaged = events === null || disabled === undefined || settings === null
  return {
    id: textOf(row, 'id'),
    version: numberOf(row, 'version'),
    subject: { type: textOf(row, 'subject_type') as SubjectType, id: textOf(row, 'subject_id') },
    content: {
      limitGroup: textOf(row, 'limit_group') as SubscriptionContent['limitGroup'],
      lane: textOf(row, 'lane'),
      events: events ?? [],
      isActive: isSet(row, 'is_active'),
      disabled: disabled ?? null,
      isOrdered: isSet(row, 'is_ordered'),
      settings: settings ?? damagedSettings,
    },
    ...(isDamaged ? { isDamaged } : {}),
    createdAt: numberOf(row, 'created_at'),
    updatedAt: numberOf(row, 'updated_at'),
  }
}

/** Null if they cannot be read. */
export function readEvents(row: Row): readonly EventKey[] | null {
  const events = jsonOrUndefined(row, 'events')
  return Array.isArray(events) && events.every(isEventKey) ? events : null
}

/** Undefined if it cannot be read. */
function readDisabled(row: Row): SubscriptionDisabled | null | undefined {
  if (row.disabled === null) return null
  const disabled = jsonOrUndefined(row, 'disabled')
  return isDisabled(disabled) ? disabled : undefined
}

function isDisabled(value: unknown): value is SubscriptionDisabled {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'number' &&
    'reason' in value &&
    typeof value.reason === 'string'
  )
}

export function parseHealth(row: Row): HealthRecord {
  return {
    scope: textOf(row, 'scope') as HealthScope,
    version: numberOf(row, 'version'),
    parkedUntil: numberOrNull(row, 'parked_until'),
    maxLeasedCount: numberOrNull(row, 'max_leased_count'),
    // Counts as healthy.
    state: jsonOrUndefined(row, 'state') ?? null,
  }
}

export function parseDelivery(row: Row, now: number): Delivery {
  const state = stateOf(row, now)
  return {
    id: textOf(row, 'id'),
    eventId: textOf(row, 'event_id'),
    eventKey: textOf(row, 'event_key') as EventKey,
    subscriptionId: textOf(row, 'subscription_id'),
    dialect: textOf(row, 'dialect'),
    variant: textOf(row, 'variant'),
    part: numberOf(row, 'part'),
    partCount: numberOf(row, 'part_count'),
    isPing: isSet(row, 'is_ping'),
    redeliveryOf: textOrNull(row, 'redelivery_of'),
    state,
    reason: textOrNull(row, 'reason') as FinalReason | null,
    attemptCount: numberOf(row, 'attempt_count'),
    countedAttemptCount: numberOf(row, 'counted_attempt_count'),
    createdAt: numberOf(row, 'created_at'),
    dueAt: state === 'pending' || state === 'parked' ? numberOf(row, 'due_at') : null,
    finishedAt: numberOrNull(row, 'finished_at'),
  }
}

/** How a delivery reads now. A lease that is over reads as no lease. */
function stateOf(row: Row, now: number): DeliveryState {
  const state = textOf(row, 'state')
  if (state !== 'unfinished') return state as DeliveryState
  if (isLeased(row, now)) return 'leased'
  const isHeldBack = row.is_active !== null && (isStopped(row) || isQueueParked(row, now))
  return isHeldBack && !isSet(row, 'is_ping') ? 'parked' : 'pending'
}

export function isLeased(row: Row, now: number): boolean {
  const leasedUntil = numberOrNull(row, 'leased_until')
  return leasedUntil !== null && leasedUntil > now && numberOf(row, 'held_from') <= now
}

/** Whether the subscription's user or we stopped it. */
export function isStopped(row: Row): boolean {
  return !isSet(row, 'is_active') || row.disabled !== null
}

/** Whether the subscription or its lane is parked. */
export function isQueueParked(row: Row, now: number): boolean {
  return parkedUntilOf(row) > now
}

/** When the last parking of the queue ends; before all time if it is not parked. */
export function parkedUntilOf(row: Row): number {
  return Math.max(
    numberOrNull(row, 'parked_until') ?? Number.NEGATIVE_INFINITY,
    numberOrNull(row, 'lane_parked_until') ?? Number.NEGATIVE_INFINITY,
  )
}

export function parseAttempt(row: Row, deliveryId: string): Attempt {
  return {
    ...parseJson<AttemptRecord>(row, 'record'),
    deliveryId,
    number: numberOf(row, 'number'),
    isCounted: isSet(row, 'is_counted'),
    endedAt: numberOf(row, 'ended_at'),
  }
}

import type {
  Attempt,
  ClaimedDelivery,
  Delivery,
  DeliveryState,
  EventKey,
  FinalReason,
  FinalState,
  Lease,
  StoredReceipt,
  SubscriptionRecord,
} from '@posthorn/core'

export interface SubscriptionRow {
  readonly seq: number
  /** Frozen; replaced as a whole. */
  record: SubscriptionRecord
}

export interface EventRow {
  readonly seq: number
  readonly id: string
  readonly key: EventKey
  readonly depth: number
  readonly createdAt: number
  readonly receipt: StoredReceipt
  /** By dialect, variant and part. */
  readonly bodies: Map<string, BodyRow>
  /** Of its deliveries and their copies, those that are still stored. */
  deliveryCount: number
}

export interface BodyRow {
  readonly event: EventRow
  readonly name: string
  /** Null when it was removed before its deliveries. */
  bytes: Uint8Array | null
  deliveryCount: number
  unfinishedCount: number
}

export interface LeaseRow extends Lease {
  readonly token: string
  readonly row: DeliveryRow
  readonly lane: string
}

export interface DeliveryRow {
  readonly seq: number
  readonly id: string
  readonly event: EventRow
  readonly body: BodyRow
  readonly subscriptionId: string
  readonly dialect: string
  readonly variant: string
  readonly part: number
  readonly partCount: number
  readonly isPing: boolean
  readonly redeliveryOf: string | null
  readonly createdAt: number
  /** Whether it was attempted before. */
  isRetry: boolean
  /** Whether it was sent again. */
  isCopied: boolean
  /** Null once it has no place in an order (any more). */
  orderKey: string | null
  state: 'unfinished' | FinalState
  reason: FinalReason | null
  dueAt: number
  finishedAt: number | null
  attemptCount: number
  countedAttemptCount: number
  /** The latest ones. */
  readonly attempts: Attempt[]
  lease: LeaseRow | null
}

/** What it takes to write a delivery; the rest begins the same for all. */
export type NewDeliveryRow = Pick<
  DeliveryRow,
  | 'seq'
  | 'id'
  | 'event'
  | 'body'
  | 'subscriptionId'
  | 'dialect'
  | 'variant'
  | 'part'
  | 'partCount'
  | 'isPing'
  | 'redeliveryOf'
  | 'createdAt'
  | 'orderKey'
  | 'dueAt'
>

export function toDeliveryRow(fields: NewDeliveryRow): DeliveryRow {
  return {
    ...fields,
    state: 'unfinished',
    isRetry: false,
    isCopied: false,
    reason: null,
    finishedAt: null,
    attemptCount: 0,
    countedAttemptCount: 0,
    attempts: [],
    lease: null,
  }
}

export function toDelivery(row: DeliveryRow, state: DeliveryState): Delivery {
  return Object.freeze({
    id: row.id,
    eventId: row.event.id,
    eventKey: row.event.key,
    subscriptionId: row.subscriptionId,
    dialect: row.dialect,
    variant: row.variant,
    part: row.part,
    partCount: row.partCount,
    isPing: row.isPing,
    redeliveryOf: row.redeliveryOf,
    state,
    reason: row.reason,
    attemptCount: row.attemptCount,
    countedAttemptCount: row.countedAttemptCount,
    createdAt: row.createdAt,
    dueAt: state === 'pending' || state === 'parked' ? row.dueAt : null,
    finishedAt: row.finishedAt,
  })
}

/** @param bytes a copy of those of its body */
export function toClaimedDelivery(
  lease: LeaseRow,
  subscription: SubscriptionRecord,
  bytes: Uint8Array | null,
): ClaimedDelivery {
  const { row } = lease
  return Object.freeze({
    token: lease.token,
    deliveryId: row.id,
    body: Object.freeze({
      eventId: row.event.id,
      dialect: row.dialect,
      variant: row.variant,
      part: row.part,
    }),
    bytes,
    eventKey: row.event.key,
    depth: row.event.depth,
    subscriptionId: row.subscriptionId,
    subscription,
    lane: lease.lane,
    isPing: row.isPing,
    isOrdered: row.orderKey !== null,
    attemptNumber: row.attemptCount + 1,
    countedAttemptCount: row.countedAttemptCount,
    createdAt: row.createdAt,
    dueAt: row.dueAt,
  })
}

/** The same for the same body of an event, and different for others, whatever the names hold. */
export function toBodyName(body: {
  readonly dialect: string
  readonly variant: string
  readonly part: number
}): string {
  return `${body.part}/${body.dialect.length}/${body.dialect}/${body.variant}`
}

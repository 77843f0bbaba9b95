import type { EventKey } from '../event/event-key.ts'

/** Where a delivery ends. */
export type FinalState = 'delivered' | 'exhausted' | 'cancelled' | 'discarded'

/** Why it ended there; null for `delivered`. */
export type FinalReason = 'attempts' | 'age' | 'subscription-deleted' | 'by-host' | 'retention-bound'

/**
 * Where a delivery is. `pending`: due, or waiting for its time. `parked`: pending in a queue that is held back (by a breaker,
 * a `Retry-After`, or because the subscription is disabled or inactive). `leased`: some process is working on it.
 */
export type DeliveryState = 'pending' | 'parked' | 'leased' | FinalState

/** One body on its way to one subscription. */
export interface Delivery {
  /** A UUID; the same over all attempts, and sent as the id of the request. */
  readonly id: string
  readonly eventId: string
  readonly eventKey: EventKey
  readonly subscriptionId: string
  readonly dialect: string
  readonly variant: string
  /** From 1 to `partCount`; bodies over a dialect's cap are split into parts. */
  readonly part: number
  readonly partCount: number
  readonly isPing: boolean
  /** The delivery whose bytes this one sends again, or null. */
  readonly redeliveryOf: string | null
  readonly state: DeliveryState
  readonly reason: FinalReason | null
  /** Attempts recorded so far. */
  readonly attemptCount: number
  /** Those that used up a step of the schedule. */
  readonly countedAttemptCount: number
  /** Readings of the store's clock, in epoch ms. */
  readonly createdAt: number
  /** When it may be tried next; null unless pending or parked. */
  readonly dueAt: number | null
  readonly finishedAt: number | null
}

import type { EventKey } from '../event/event-key.ts'
import type { FilterName } from '../filter/subscription-filter.ts'
import type { SubjectRef } from '../subject.ts'

/** An event on its way into the store, with everything that follows from it. */
export interface AppendRequest {
  readonly event: NewEvent
  readonly bodies: readonly NewBody[]
  readonly deliveries: readonly NewDelivery[]
  /** Kept with the receipt, unread. */
  readonly skipped: readonly SkippedSubscription[]
}

/** What the store keeps of an event. The event itself is not stored: redelivery uses bodies. */
export interface NewEvent {
  readonly id: string
  readonly key: EventKey
  /** The subjects it happened in, most specific first. */
  readonly subjectIds: readonly string[]
  /** How many deliveries led to this event, one causing the other. */
  readonly depth: number
}

/** Names the bytes of one event in one dialect, variant and part. */
export interface BodyKey {
  readonly eventId: string
  readonly dialect: string
  readonly variant: string
  /** From 1. */
  readonly part: number
}

/** A body to be written: the UTF-8 of one JSON document, the same for all subscriptions. */
export interface NewBody extends BodyKey {
  readonly bytes: Uint8Array
}

/** A delivery to be written; its body is one of the same request. */
export interface NewDelivery {
  readonly id: string
  readonly subscriptionId: string
  readonly dialect: string
  readonly variant: string
  readonly part: number
  readonly partCount: number
  /** Deliveries with the same key keep their order if their subscription is ordered when they are appended; null: they do not. */
  readonly orderKey: string | null
  /** A ping is claimed even from a queue that is held back. */
  readonly isPing: boolean
  /** The wait before the first attempt. */
  readonly delayMs: number
}

/** A subscription that asked for an event and does not get it. */
export interface SkippedSubscription {
  readonly subscriptionId: string
  /**
   * `inactive`: switched off by its user. `damaged`: what the store holds of it cannot be read. `not-in-dialect`: the dialect has no body
   * for this event. `filter.branches` and the like: that list of its filter lets none of the refs through; of several lists, the one that
   * refused the ref which came furthest. `loop`: the event is too deep.
   */
  readonly reason: 'inactive' | 'damaged' | 'not-in-dialect' | `filter.${FilterName}` | 'loop'
}

/** What became of an event, as it was when it was first written. */
export interface StoredReceipt {
  readonly eventId: string
  readonly deliveries: readonly ReceiptDelivery[]
  readonly skipped: readonly SkippedSubscription[]
}

/** A delivery as the receipt of an emit names it; several of one subscription are parts of one body. */
export interface ReceiptDelivery {
  readonly id: string
  readonly subscriptionId: string
  readonly part: number
  readonly partCount: number
}

/**
 * `appended`: written; the receipt lacks deliveries whose subscription vanished after `match`.
 * `repeated`: an event with this id is known, nothing was written, and the receipt is the first one.
 */
export interface AppendOutcome {
  readonly kind: 'appended' | 'repeated'
  readonly receipt: StoredReceipt
  readonly storeNow: number
}

/** What an earlier `match` gave: those subscriptions and no others, each in the version that it had. */
export interface RememberedMatch {
  readonly subjects: readonly SubjectRef[]
  readonly subscriptions: readonly { readonly id: string; readonly version: number }[]
}

/** `changed`: `match` gives something else by now; nothing was written. */
export type AppendMatchedOutcome = AppendOutcome | { readonly kind: 'changed' }

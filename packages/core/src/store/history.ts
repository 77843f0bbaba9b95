import type { Delivery, FinalState } from '../delivery/delivery.ts'

/** Which deliveries to list; members left out do not restrict. */
export interface DeliveryFilter {
  readonly subscriptionId?: string
  readonly eventId?: string
  /** `unfinished` stands for pending, parked and leased. */
  readonly states?: readonly (FinalState | 'unfinished')[]
  /** Created at or after this reading of the store's clock. */
  readonly since?: number
}

/** Which page of a list. A cursor stays valid while more is written. */
export interface PageRequest {
  /** From 1 to 1,000. */
  readonly maxCount: number
  /** `next` of the page before; null for the first. */
  readonly cursor: string | null
}

/** Deliveries, newest first: by the time they were created, then by the order they were written in. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[]
  /** For the page behind this one; null if there is none. */
  readonly next: string | null
  readonly storeNow: number
}

/** How many attempts of one delivery are kept: the latest ones. No schedule has as many, but a fault of our own side may. */
export const maxAttemptsKept = 100

/** `already-final`: it had ended before, and is as it was. */
export type CancelOutcome = 'cancelled' | 'already-final' | 'not-found'

/** A copy belongs to no order. A copied ping is no ping: it waits where all others wait, and is tried again as they are. */
export interface CopyRequest {
  /** The finished delivery whose body is to be sent again. */
  readonly sourceId: string
  /** The id of the new one. */
  readonly id: string
  /** Whether to copy only what has no other copy. @default false */
  readonly onlyFirst?: boolean
}

/** `copied-before`: only with `onlyFirst`. `body-expired`: the bytes are past their retention. All but `copied` wrote nothing. */
export type CopyOutcome =
  | 'copied'
  | 'not-found'
  | 'not-final'
  | 'copied-before'
  | 'subscription-deleted'
  | 'body-expired'

/** What is in the store now. */
export interface StoreStats {
  readonly storeNow: number
  readonly subscriptionCount: number
  /** Unfinished and not leased. */
  readonly pendingCount: number
  /** Of the pending ones, those in queues that are held back. */
  readonly parkedCount: number
  /**
   * Of the pending ones, those whose time has come and whose queue is not held back: what a worker with room enough would take. In
   * an ordered queue those behind the head count too.
   */
  readonly dueCount: number
  readonly leasedCount: number
  /** How long the longest-waiting one of the due deliveries has been due; null if none is. */
  readonly oldestDueAgeMs: number | null
  /** Bytes of the bodies stored. */
  readonly bodyBytes: number
}

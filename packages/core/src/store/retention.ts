import type { FinalReason, FinalState } from '../delivery/delivery.ts'

/** A delivery that the store ended by itself. */
export interface EndedDelivery {
  readonly id: string
  readonly subscriptionId: string
  readonly state: FinalState
  readonly reason: FinalReason
}

/** How long what is kept. A body goes when the last delivery that uses it goes. */
export interface PruneRequest {
  /** Finished deliveries and their attempts, since they finished. */
  readonly historyMs: number
  /** Ids and receipts of events, since they were appended; at least as long as their deliveries. */
  readonly eventIdMs: number
  /** How many rows one call may remove. */
  readonly maxCount: number
}

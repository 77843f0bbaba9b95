import type { FinalReason, FinalState } from '../delivery/delivery.ts'

/** A delivery that the store ended by itself. */
export interface EndedDelivery {
  readonly id: string
  readonly subscriptionId: string
  readonly state: FinalState
  readonly reason: FinalReason
}

/** What one step of trimming has ended. */
export interface TrimAnswer {
  readonly ended: readonly EndedDelivery[]
  /** Where the next step goes on; null at the end of a pass. */
  readonly cursor: string | null
}

/** How long what is kept. A body goes with the last delivery that uses it, or sooner with `bodyMs`. */
export interface PruneRequest {
  /** Finished deliveries and their attempts, since they finished. */
  readonly historyMs: number
  /** How many finished deliveries are kept at most; the first to go are those that finished first. @default no bound */
  readonly maxFinishedCount?: number
  /** Bodies that no unfinished delivery uses, since they were appended. @default as long as their deliveries */
  readonly bodyMs?: number
  /** Ids and receipts of events, since they were appended; at least as long as their deliveries. */
  readonly eventIdMs: number
  /** How many rows one call may look at or remove. */
  readonly maxCount: number
  /** What the call before gave; null begins a pass. */
  readonly cursor: string | null
}

/**
 * How far ahead of the store's clock a wait may end, for one step of a pass that mends those which end later: they were written while
 * the clock was wrong.
 */
export interface MendRequest {
  /** Before a first attempt, and before a ping. */
  readonly maxFirstWaitMs: number
  /** Between two attempts. */
  readonly maxRetryWaitMs: number
  /** Of a parked subscription or lane. */
  readonly maxParkMs: number
  /** How many entries one call may look at or mend. */
  readonly maxCount: number
  /** What the call before gave; null begins a pass. */
  readonly cursor: string | null
}

/** How far ahead of the store's clock anything may have been written, for one step of a pass that brings the rest back to now. */
export interface MendTimesRequest {
  readonly maxAheadMs: number
  /** How many entries one call may mend. */
  readonly maxCount: number
  /** What the call before gave; null begins a pass. */
  readonly cursor: string | null
}

/** What one step of mending has done. */
export interface MendAnswer {
  /** Entries that were changed. */
  readonly mendedCount: number
  /** Where the next step goes on; null at the end of a pass. */
  readonly cursor: string | null
}

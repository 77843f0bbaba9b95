import type { Clock } from '@posthorn/core'

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves the time of day; a negative number moves it back. */
  advance(ms: number): void
}

/** @param start epoch ms */
export function createManualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start
  return {
    now: () => now,
    advance: (ms) => {
      now += ms
    },
  }
}

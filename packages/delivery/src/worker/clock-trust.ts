/** A reading of the store's clock, and when it was taken by the monotonic clock of the process; in ms. */
export interface ClockReading {
  readonly storeNow: number
  readonly takenAt: number
}

/** Tells whether what is old by a reading may be taken for old. */
export type ClockTrust = (reading: ClockReading) => boolean

/**
 * How far the store's clock may get ahead of the time that has passed, in ms. Corrections by NTP and hours set by hand stay below
 * or at it, and an hour takes nothing from limits that are days.
 */
const maxLeapMs = 60 * 60 * 1_000

/**
 * How long a clock must have kept to its new time before that is believed, in ms: time enough for NTP, or for whoever set it, to put a
 * wrong one right, and no loss where the leap is true, as after the machine was asleep.
 */
const graceMs = 10 * 60 * 1_000

/**
 * Watches the store's clock against the monotonic one, since removing what a clock that leapt ahead calls old cannot be undone:
 *
 *   sure ──ahead by more than an hour──▶ in doubt ──back again──▶ sure
 *                                         └──held for ten minutes──▶ sure, of the new time
 *
 * The first reading is believed; there is nothing to compare it with.
 */
export function createClockTrust(): ClockTrust {
  let sure: ClockReading | null = null
  let doubted: ClockReading | null = null

  return (reading) => {
    if (sure === null || leapOf(sure, reading) <= maxLeapMs) {
      sure = reading
      doubted = null
      return true
    }
    if (doubted === null || Math.abs(leapOf(doubted, reading)) > maxLeapMs) doubted = reading
    if (reading.takenAt - doubted.takenAt < graceMs) return false
    sure = reading
    doubted = null
    return true
  }
}

/** How far the store's clock has got ahead between two readings; negative if it was set back. */
function leapOf(before: ClockReading, after: ClockReading): number {
  return after.storeNow - before.storeNow - (after.takenAt - before.takenAt)
}

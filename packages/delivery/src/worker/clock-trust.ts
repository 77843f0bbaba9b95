/** A reading of the store's clock, and when it was taken by the monotonic clock of the process; in ms. */
export interface ClockReading {
  readonly storeNow: number
  readonly takenAt: number
}

/** What the store's clock says of ages. */
export interface ClockTrust {
  /** Takes a reading, and tells whether what is old by it may be taken for old. */
  readonly isTrusted: (reading: ClockReading) => boolean
  /** How much older than it is may look, by the last trusted reading, what was written within so many ms that have passed. */
  readonly overstatedMs: (withinMs: number) => number
}

/**
 * How far the store's clock may get ahead of the time that has passed, in ms. Corrections by NTP and hours set by hand stay below
 * or at it, and an hour takes nothing from limits that are days.
 */
export const maxLeapMs: number = 60 * 60 * 1_000

/**
 * How long a clock must have kept to its new time before that is believed, in ms: time enough for NTP, or for whoever set it, to put a
 * wrong one right, and no loss where the leap is true, as after the machine was asleep.
 */
const graceMs = 10 * 60 * 1_000

/** A clock that leaps more often than this has no right time. */
const maxTimesKept = 100

/** A time that the clock had: how far it was ahead of the monotonic clock, and until when. */
interface PastTime {
  readonly aheadMs: number
  readonly until: number
}

/**
 * Watches the store's clock against the monotonic one, since removing what a clock that leapt ahead calls old cannot be undone:
 *
 *   sure ──ahead by more than an hour──▶ in doubt ──back again──▶ sure
 *                                         └──held for ten minutes──▶ sure, of the new time
 *
 * Even then the leap itself makes nothing old: what was written before it, by a clock that may have been behind, looks older than it
 * is by as much, for as long as it has not grown old by the time that has passed. The first reading is believed; there is nothing to
 * compare it with.
 */
export function createClockTrust(): ClockTrust {
  let sure: ClockReading | null = null
  let doubted: ClockReading | null = null
  let past: readonly PastTime[] = []

  function leave(reading: ClockReading, until: number): void {
    past = [...past, { aheadMs: aheadOf(reading), until }].slice(-maxTimesKept)
  }

  function isTrusted(reading: ClockReading): boolean {
    const leapMs = sure === null ? 0 : aheadOf(reading) - aheadOf(sure)
    if (sure === null || leapMs <= maxLeapMs) {
      if (sure !== null && leapMs < -maxLeapMs) leave(sure, reading.takenAt)
      sure = reading
      doubted = null
      return true
    }
    if (doubted === null || Math.abs(aheadOf(reading) - aheadOf(doubted)) > maxLeapMs) doubted = reading
    if (reading.takenAt - doubted.takenAt < graceMs) return false
    leave(sure, doubted.takenAt)
    sure = reading
    doubted = null
    return true
  }

  function overstatedMs(withinMs: number): number {
    if (sure === null) return 0
    const { takenAt } = sure
    const aheadMs = aheadOf(sure)
    const leaps = past.filter(({ until }) => until > takenAt - withinMs).map((time) => aheadMs - time.aheadMs)
    return Math.max(0, ...leaps)
  }

  return { isTrusted, overstatedMs }
}

/** How far the store's clock is ahead of the monotonic one, whose beginning means nothing. */
function aheadOf({ storeNow, takenAt }: ClockReading): number {
  return storeNow - takenAt
}

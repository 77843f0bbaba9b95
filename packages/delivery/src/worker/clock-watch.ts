import { type ClockReading, maxLeapMs } from './clock-trust.ts'

/** Watches how the store's clock goes, by readings that come in the order they were taken. */
export interface ClockWatch {
  /** Takes a reading, and tells whether the clock was set back by more than {@link maxStepMs} since it last told so. */
  notice(reading: ClockReading): boolean
  /** Whether what lies ahead of the last reading may be taken for wrong, rather than the reading. */
  isProven(): boolean
}

/**
 * How far the store's clock may be set back before anything is made of it, in ms. What was written before lies so much too far ahead
 * at most, and readings that took their time to arrive look like steps of this kind.
 */
export const maxStepMs = 60_000

/** How soon the clock must be back at about the time it had before a leap, for that time to be taken for the right one, in ms. */
const maxLeapLengthMs = 10 * 60 * 1_000

/** How long a clock that was not seen to come back must have kept its time, in ms: longer than one stays wrong that anybody minds. */
const provingMs = 24 * 60 * 60 * 1_000

/** A time that the clock had, and when it left it. */
interface LeftTime {
  readonly aheadMs: number
  readonly leftAt: number
}

/**
 * Watches the store's clock against the monotonic one. Many small steps count as one large one.
 *
 *   unproven ──kept its time for a day──────────────────────────▶ proven
 *   either   ──leaps ahead, and is back within ten minutes──▶ proven
 *   either   ──set back to a time it did not have before────▶ unproven
 *
 * A clock that was set back may be right again or wrong now. What waits is mended in either case, since that costs an attempt too early
 * at worst; the times by which things grow old are changed only when the clock is proven.
 */
export function createClockWatch(): ClockWatch {
  let last: ClockReading | null = null
  let furthestAheadMs = Number.NEGATIVE_INFINITY
  let left: LeftTime | null = null
  let provenFrom = Number.POSITIVE_INFINITY

  function isBack(aheadMs: number, takenAt: number): boolean {
    return (
      left !== null &&
      Math.abs(left.aheadMs - aheadMs) <= maxLeapMs &&
      takenAt - left.leftAt <= maxLeapLengthMs
    )
  }

  return {
    notice(reading) {
      const { takenAt } = reading
      const aheadMs = aheadOf(reading)
      if (last === null) provenFrom = takenAt + provingMs
      else if (
        aheadMs - aheadOf(last) > maxStepMs &&
        (left === null || takenAt - left.leftAt > maxLeapLengthMs)
      )
        left = { aheadMs: aheadOf(last), leftAt: takenAt }
      last = reading
      const isSetBack = furthestAheadMs - aheadMs > maxStepMs
      furthestAheadMs = isSetBack ? aheadMs : Math.max(furthestAheadMs, aheadMs)
      if (isSetBack) provenFrom = isBack(aheadMs, takenAt) ? takenAt : takenAt + provingMs
      return isSetBack
    },
    isProven: () => last !== null && last.takenAt >= provenFrom,
  }
}

function aheadOf({ storeNow, takenAt }: ClockReading): number {
  return storeNow - takenAt
}

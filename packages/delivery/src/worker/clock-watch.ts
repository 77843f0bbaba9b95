import type { ClockReading } from './clock-trust.ts'

/** Takes a reading, and tells whether the store's clock was set back by more than {@link maxStepMs} since it last told so. */
export type ClockWatch = (reading: ClockReading) => boolean

/**
 * How far the store's clock may be set back before anything is made of it, in ms. What was written before lies so much too far ahead
 * at most, and readings that took their time to arrive look like steps of this kind.
 */
export const maxStepMs = 60_000

/** Watches the store's clock against the monotonic one. Many small steps count as one large one. */
export function createClockWatch(): ClockWatch {
  let furthestAheadMs = Number.NEGATIVE_INFINITY
  return ({ storeNow, takenAt }) => {
    const aheadMs = storeNow - takenAt
    const isSetBack = furthestAheadMs - aheadMs > maxStepMs
    furthestAheadMs = isSetBack ? aheadMs : Math.max(furthestAheadMs, aheadMs)
    return isSetBack
  }
}

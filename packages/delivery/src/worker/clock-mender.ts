import type { MendAnswer, StoreHandle } from '@posthorn/core'
import type { ClockReading } from './clock-trust.ts'
import { createClockWatch, maxStepMs } from './clock-watch.ts'
import type { LongestWaits } from './longest-waits.ts'

/**
 * Mends what was written while the store's clock was ahead: a delivery that is due, a queue that is parked, and with a clock that is
 * proven also history that begins to grow old, only when the clock gets there. A pass goes through all of it; it is due
 *
 *   at the start                whoever saw the clock go back may have died of it
 *   when the clock goes back    by what claims, emits and housekeeping read of it
 *   now and then                a leap may come and go between two readings
 */
export interface ClockMender {
  /** Takes a reading of the store's clock; tells whether it makes a pass due. */
  notice(reading: ClockReading): boolean
  /** Makes a pass if one is due, and tells how many waits it has mended. */
  mend(): Promise<number>
}

export interface ClockMenderOptions {
  readonly waits: LongestWaits
  /** Entries per step. */
  readonly maxCount: number
  /** Asked before each step. */
  readonly mayGoOn: () => boolean
  /** The monotonic clock, in ms. */
  readonly monotonicMs: () => number
}

/** After a pass, so many times its duration pass before the next one that nothing calls for. */
const restShare = 100

export function createClockMender<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'mendWaits' | 'mendTimes'>,
  { waits, maxCount, mayGoOn, monotonicMs }: ClockMenderOptions,
): ClockMender {
  const watch = createClockWatch()
  let isCalledFor = true
  let restsUntil = 0

  /** Gives how much was mended in all steps. */
  async function repeat(step: (cursor: string | null) => Promise<MendAnswer>): Promise<number> {
    let mendedCount = 0
    let cursor: string | null = null
    while (mayGoOn()) {
      const answer: MendAnswer = await step(cursor)
      mendedCount += answer.mendedCount
      cursor = answer.cursor
      if (cursor === null) break
      await new Promise(setImmediate)
    }
    return mendedCount
  }

  async function makePass(): Promise<number> {
    const mendedCount = await repeat((cursor) => store.mendWaits({ ...waits, maxCount, cursor }))
    if (watch.isProven())
      await repeat((cursor) => store.mendTimes({ maxAheadMs: maxStepMs, maxCount, cursor }))
    return mendedCount
  }

  return {
    notice(reading) {
      const isSetBack = watch.notice(reading)
      isCalledFor ||= isSetBack
      return isSetBack
    },
    async mend() {
      if (!isCalledFor && monotonicMs() < restsUntil) return 0
      // What calls for a pass while this one is under way is heard after it.
      isCalledFor = false
      const began = monotonicMs()
      try {
        const mendedCount = await makePass()
        const ended = monotonicMs()
        restsUntil = ended + (ended - began) * restShare
        return mendedCount
      } catch (error) {
        isCalledFor = true
        throw error
      }
    },
  }
}

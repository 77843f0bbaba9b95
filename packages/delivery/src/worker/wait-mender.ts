import type { MendAnswer, StoreHandle } from '@posthorn/core'
import type { ClockReading } from './clock-trust.ts'
import { createClockWatch } from './clock-watch.ts'
import type { LongestWaits } from './longest-waits.ts'

/**
 * Mends what was written while the store's clock was ahead: a delivery that is due, or a queue that is parked, for as long as the clock
 * was wrong. A pass goes through all queues; it is due
 *
 *   at the start             whoever saw the clock go back may have died of it
 *   when the clock goes back by what claims, emits and housekeeping read of it
 *   now and then             a leap may come and go between two readings
 */
export interface WaitMender {
  /** Takes a reading of the store's clock; tells whether it makes a pass due. */
  notice(reading: ClockReading): boolean
  /** Makes a pass if one is due, and tells how many waits it has mended. */
  mend(): Promise<number>
}

export interface WaitMenderOptions {
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

export function createWaitMender<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'mendWaits'>,
  { waits, maxCount, mayGoOn, monotonicMs }: WaitMenderOptions,
): WaitMender {
  const isSetBack = createClockWatch()
  let isCalledFor = true
  let restsUntil = 0

  async function makePass(): Promise<number> {
    let mendedCount = 0
    let cursor: string | null = null
    do {
      if (!mayGoOn()) break
      const answer: MendAnswer = await store.mendWaits({ ...waits, maxCount, cursor })
      mendedCount += answer.mendedCount
      cursor = answer.cursor
      await new Promise(setImmediate)
    } while (cursor !== null)
    return mendedCount
  }

  return {
    notice(reading) {
      const isNews = isSetBack(reading)
      isCalledFor ||= isNews
      return isNews
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

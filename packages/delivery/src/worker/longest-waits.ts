import type { BreakerOptions, MendRequest, Schedule } from '@posthorn/core'
import { maxRetryAfterMs } from '../judge/judge.ts'
import { maxStepMs } from './clock-watch.ts'

/** The bounds that waits are mended by. */
export type LongestWaits = Pick<MendRequest, 'maxFirstWaitMs' | 'maxRetryWaitMs' | 'maxParkMs'>

/**
 * The longest waits that anything is asked to wait, and a little more, so that small corrections of the clock cut none short. All
 * others (after a failure of TLS, a fault of our own, a failed probe) are shorter than the longest `Retry-After`.
 */
export function longestWaits({ delaysMs, jitter }: Schedule, breaker: BreakerOptions): LongestWaits {
  const [first = 0, ...others] = delaysMs.map((delayMs) => delayMs * (1 + jitter))
  const breakerMs = Math.max(breaker.initialWaitMs, breaker.maxWaitMs) * (1 + breaker.jitter)
  return {
    maxFirstWaitMs: Math.ceil(first) + maxStepMs,
    maxRetryWaitMs: Math.ceil(Math.max(maxRetryAfterMs, ...others)) + maxStepMs,
    maxParkMs: Math.ceil(Math.max(maxRetryAfterMs, breakerMs)) + maxStepMs,
  }
}

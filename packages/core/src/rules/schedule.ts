import { InvalidInputError } from '../errors.ts'

/**
 * When a delivery is tried. `delaysMs[0]` is the wait before the first attempt; each next one counts from the end of the
 * attempt before. There are as many attempts as delays.
 */
export interface Schedule {
  readonly delaysMs: readonly number[]
  /** Each delay is drawn evenly from `delay × (1 − jitter)` to `delay × (1 + jitter)`. From 0 to 1. */
  readonly jitter: number
  /** `none-but-server-failures`: only 5xx, time-outs and failures of the network are tried again. */
  readonly retries: 'by-outcome' | 'none-but-server-failures'
}

/** How the host names a schedule. */
export type RetryOptions =
  | 'default'
  | 'bitbucketCloud'
  | { readonly delaysMs: readonly number[]; readonly jitter?: number }

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Eight attempts over 27 hours. */
export const defaultSchedule: Schedule = {
  delaysMs: [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour],
  jitter: 0.2,
  retries: 'by-outcome',
}

/** Three attempts at once, as Bitbucket Cloud makes them. Source: Cloud docs on troubleshooting, "up to two more times". */
export const bitbucketCloudSchedule: Schedule = {
  delaysMs: [0, 0, 0],
  jitter: 0,
  retries: 'none-but-server-failures',
}

/** A delay that is waited out in the process, with the lease kept, rather than in the store. */
export const maxQuickRetryMs = 1_000

/** 30 days; longer delays would outlive every delivery. */
const maxDelayMs = 30 * 24 * hour

/** @throws {InvalidInputError} `option.invalid` */
export function resolveSchedule(options: RetryOptions): Schedule {
  if (options === 'default') return defaultSchedule
  if (options === 'bitbucketCloud') return bitbucketCloudSchedule
  if (typeof options !== 'object' || options === null) {
    throw invalid('retry', "Expected `retry` to be 'default', 'bitbucketCloud' or an object with `delaysMs`.")
  }
  const { delaysMs, jitter = 0 } = options
  if (!Array.isArray(delaysMs) || delaysMs.length < 1 || delaysMs.length > 100) {
    throw invalid('retry.delaysMs', 'Expected `retry.delaysMs` to hold 1 to 100 delays.')
  }
  for (const delay of delaysMs) {
    if (typeof delay !== 'number' || !(delay >= 0 && delay <= maxDelayMs)) {
      throw invalid(
        'retry.delaysMs',
        `Expected each of \`retry.delaysMs\` to be from 0 to ${maxDelayMs} ms, got ${String(delay)}.`,
      )
    }
  }
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
    throw invalid('retry.jitter', `Expected \`retry.jitter\` to be from 0 to 1, got ${String(jitter)}.`)
  }
  return { delaysMs: [...delaysMs], jitter, retries: 'by-outcome' }
}

/**
 * The wait before the next attempt, or null if there is none.
 * @param countedAttemptCount attempts that used up a step so far
 * @param random a number from 0 to 1
 */
export function nextDelayMs(schedule: Schedule, countedAttemptCount: number, random: number): number | null {
  const delay = schedule.delaysMs[countedAttemptCount]
  return delay === undefined ? null : withJitter(delay, schedule.jitter, random)
}

/** A duration drawn evenly from `±jitter` around another, in whole ms. */
export function withJitter(durationMs: number, jitter: number, random: number): number {
  return Math.round(durationMs * (1 + jitter * (2 * random - 1)))
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}

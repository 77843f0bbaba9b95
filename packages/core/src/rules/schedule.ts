import { describeName, describeType, describeUnlessText, isArray } from '../describe-value.ts'
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
export type RetryOptions = 'default' | 'bitbucketCloud' | OwnSchedule

/** A list of the host's own. */
interface OwnSchedule {
  /** 1 to 100 waits in ms, each from 0 to 30 days; the first is before the first attempt. */
  readonly delaysMs: readonly number[]
  /** From 0 to 1. @default 0 */
  readonly jitter?: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Eight attempts over 27.6 hours. */
export const defaultSchedule: Schedule = Object.freeze({
  delaysMs: Object.freeze([0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]),
  jitter: 0.2,
  retries: 'by-outcome',
})

/** Three attempts at once, as Bitbucket Cloud makes them. Source: Cloud docs on troubleshooting, "up to two more times". */
export const bitbucketCloudSchedule: Schedule = Object.freeze({
  delaysMs: Object.freeze([0, 0, 0]),
  jitter: 0,
  retries: 'none-but-server-failures',
})

/** A delay that is waited out in the process, with the lease kept, rather than in the store. */
export const maxQuickRetryMs = 1_000

/** 30 days; longer delays would outlive every delivery. */
const maxDelayMs = 30 * 24 * hour

/** More attempts than anybody can mean. */
const maxDelayCount = 100

const ownScheduleKeys = ['delaysMs', 'jitter']

/**
 * The schedule that the host named.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function resolveSchedule(options: RetryOptions): Schedule {
  if (options === 'default') return defaultSchedule
  if (options === 'bitbucketCloud') return bitbucketCloudSchedule
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid(
      'retry',
      `Expected \`retry\` to be 'default', 'bitbucketCloud' or an object with \`delaysMs\`, got ${describeType(options)}.`,
    )
  }
  const unknown = Object.keys(options).find((key) => !ownScheduleKeys.includes(key))
  if (unknown !== undefined) {
    throw new InvalidInputError({
      code: 'option.unknown',
      field: 'retry',
      message: `Unknown option ${describeName(unknown)} of \`retry\`. Known: ${ownScheduleKeys.join(', ')}.`,
    })
  }
  const { delaysMs, jitter = 0 } = options
  return { delaysMs: checkDelays(delaysMs), jitter: checkJitter(jitter), retries: 'by-outcome' }
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

function checkDelays(delaysMs: unknown): readonly number[] {
  if (!isArray(delaysMs) || delaysMs.length < 1 || delaysMs.length > maxDelayCount) {
    const shown = isArray(delaysMs) ? delaysMs.length : describeType(delaysMs)
    throw invalid(
      'retry.delaysMs',
      `Expected \`retry.delaysMs\` to hold 1 to ${maxDelayCount} delays, got ${shown}.`,
    )
  }
  return Array.from<unknown, number>(delaysMs, (delay) => {
    if (typeof delay === 'number' && delay >= 0 && delay <= maxDelayMs) return delay
    throw invalid(
      'retry.delaysMs',
      `Expected each of \`retry.delaysMs\` to be from 0 to ${maxDelayMs} ms, got ${describeUnlessText(delay)}.`,
    )
  })
}

function checkJitter(jitter: unknown): number {
  if (typeof jitter === 'number' && jitter >= 0 && jitter <= 1) return jitter
  throw invalid(
    'retry.jitter',
    `Expected \`retry.jitter\` to be from 0 to 1, got ${describeUnlessText(jitter)}.`,
  )
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}

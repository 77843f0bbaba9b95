import {
  type BreakerOptions,
  type DialectCaps,
  parseInteger,
  parseMembers,
  parseNumber,
  type Range,
} from '@posthorn/core'
import type { RetentionOptions } from '@posthorn/delivery'

/** A group of numbers, and what each may be. */
export type NumericRanges<Group> = Readonly<Record<keyof Group, NumericRange>>

interface NumericRange extends Range {
  readonly isInteger: boolean
  /** Whether null is a value too: no bound. */
  readonly mayBeNull?: boolean
}

const year = 365 * 24 * 60 * 60 * 1_000

export const breakerRanges: NumericRanges<BreakerOptions> = {
  failureCount: integer(1, 1_000_000),
  initialWaitMs: integer(1, year),
  maxWaitMs: integer(1, year),
  jitter: { min: 0, max: 1, isInteger: false },
  laneWindowMs: integer(1, year),
  laneSubscriptionCount: integer(2, 1_000),
  exhaustedCount: integer(1, 1_000_000),
}

export const retentionRanges: NumericRanges<RetentionOptions> = {
  maxAgeMs: integer(1, year),
  maxPerDisabledSubscription: integer(1, 1_000_000_000),
  historyMs: integer(0, 10 * year),
  maxFinishedCount: { ...integer(0, 1_000_000_000), mayBeNull: true },
  bodyMs: { ...integer(0, 10 * year), mayBeNull: true },
  eventIdMs: integer(0, 10 * year),
  everyMs: integer(1, year),
}

export const capRanges: NumericRanges<DialectCaps> = {
  maxBodyBytes: integer(1_000, 1_000_000_000),
  maxCommits: integer(1, 10_000),
  maxChanges: integer(0, 100_000),
}

/**
 * Lays a group of numbers over their defaults.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function parseNumbers<Group>(
  field: string,
  given: unknown,
  defaults: Group,
  ranges: NumericRanges<Group>,
): Group {
  if (given === undefined) return defaults
  const members = parseMembers(field, given, Object.keys(ranges))
  const parsed = Object.entries(members).map(([name, value]) => {
    const range = ranges[name as keyof Group]
    if (value === null && range.mayBeNull === true) return [name, null]
    const parse = range.isInteger ? parseInteger : parseNumber
    return [name, parse(`${field}.${name}`, value, range)]
  })
  return { ...defaults, ...Object.fromEntries(parsed) }
}

function integer(min: number, max: number): Range & { readonly isInteger: true } {
  return { min, max, isInteger: true }
}

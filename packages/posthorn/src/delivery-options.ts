import {
  type DeliveryFilter,
  invalidOption,
  type PageRequest,
  parseInteger,
  parseMembers,
  parsePageCursor,
} from '@posthorn/core'
import { parseId } from './parse-id.ts'

/** What `deliveries.list` asks the store for. */
export interface ParsedList {
  readonly filter: DeliveryFilter
  readonly page: PageRequest
}

/** What `deliveries.recover` asks the store for, page by page. */
export interface ParsedRecovery {
  readonly filter: DeliveryFilter
  readonly maxCount: number
}

const defaultPageSize = 100
const maxPageSize = 1_000
const defaultRecoveryCount = 1_000

const anyCount = { min: 0, max: Number.MAX_SAFE_INTEGER }

const states: readonly NonNullable<DeliveryFilter['states']>[number][] = [
  'unfinished',
  'delivered',
  'exhausted',
  'cancelled',
  'discarded',
]

/** @throws {InvalidInputError} `option.invalid` or `option.unknown` */
export function parseListOptions(input: object): ParsedList {
  const {
    subscriptionId,
    eventId,
    states: wanted,
    since,
    maxCount,
    cursor,
  } = parseMembers('', input, ['subscriptionId', 'eventId', 'states', 'since', 'maxCount', 'cursor'])
  return {
    filter: {
      ...(subscriptionId === undefined ? {} : { subscriptionId: parseId('subscriptionId', subscriptionId) }),
      ...(eventId === undefined ? {} : { eventId: parseId('eventId', eventId) }),
      ...(wanted === undefined ? {} : { states: parseStates(wanted) }),
      ...(since === undefined ? {} : { since: parseInteger('since', since, anyCount) }),
    },
    page: {
      maxCount:
        maxCount === undefined
          ? defaultPageSize
          : parseInteger('maxCount', maxCount, { min: 1, max: maxPageSize }),
      cursor: cursor === undefined || cursor === null ? null : parseCursor(cursor),
    },
  }
}

/** @throws {InvalidInputError} `option.invalid` or `option.unknown` */
export function parseRecoverOptions(input: object): ParsedRecovery {
  const { since, subscriptionId, maxCount } = parseMembers('', input, ['since', 'subscriptionId', 'maxCount'])
  return {
    filter: {
      since: parseInteger('since', since, anyCount),
      ...(subscriptionId === undefined ? {} : { subscriptionId: parseId('subscriptionId', subscriptionId) }),
    },
    maxCount:
      maxCount === undefined
        ? defaultRecoveryCount
        : parseInteger('maxCount', maxCount, { ...anyCount, min: 1 }),
  }
}

/** One that is none would give an empty page, which reads as the end. */
function parseCursor(value: unknown): string {
  if (typeof value === 'string' && parsePageCursor(value) !== null) return value
  throw invalidOption('cursor', '`next` of the page before', value)
}

function parseStates(value: unknown): NonNullable<DeliveryFilter['states']> {
  const wanted: readonly unknown[] = Array.isArray(value) ? value : [value]
  return wanted.map((state) => {
    const known = states.find((name) => name === state)
    if (known === undefined) throw invalidOption('states', `an array of ${states.join(', ')}`, state)
    return known
  })
}

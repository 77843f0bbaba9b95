import { isUint8Array } from 'node:util/types'
import { describeValue } from '../describe-value.ts'
import { maxEventIdLength } from '../limits.ts'
import { normaliseUuid } from '../uuid.ts'
import { Mismatch } from './mismatch.ts'
import type { ChangedPath } from './push-event.ts'
import { matching, type Parser } from './shape.ts'

/** The furthest moments that a date can show, in epoch ms (ECMA-262, section 21.4.1.1). */
const maxTime = 8_640_000_000_000_000

const objectIdPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const eventIdPattern = new RegExp(`^[\\x21-\\x7e]{1,${maxEventIdLength}}$`)
/** Git forbids the control characters of ASCII only (git-check-ref-format), not U+0080 to U+009F. */
const refPattern = /^refs\/[^\p{Cc}--[\x80-\x9f]]+$/v

/** Text, with U+FFFD in place of what has no UTF-8 (lone surrogates). */
export const text: Parser<string> = (value) => {
  if (typeof value !== 'string') throw new Mismatch('a string', describeValue(value))
  return value.toWellFormed()
}

/** A UUID; braces and capitals are normalised. */
export const uuid: Parser<string> = (value) => {
  const bare = normaliseUuid(value)
  if (bare === null) throw new Mismatch('a UUID', describeValue(value))
  return bare
}

export const integer: Parser<number> = matching('an integer', (value): value is number =>
  Number.isSafeInteger(value),
)

export const percent: Parser<number> = matching(
  'a number from 0 to 100',
  (value): value is number => typeof value === 'number' && value >= 0 && value <= 100,
)

export const boolean: Parser<boolean> = matching('true or false', (value) => typeof value === 'boolean')

/** Epoch ms within what a date can show. */
export const time: Parser<number> = matching(
  'a time in whole epoch ms',
  (value): value is number => Number.isSafeInteger(value) && Math.abs(Number(value)) <= maxTime,
)

export const objectId: Parser<string> = textLike(
  'an object id of 40 or 64 lower-case hexadecimal digits',
  objectIdPattern,
)

export const eventId: Parser<string> = textLike(
  `1 to ${maxEventIdLength} visible ASCII characters`,
  eventIdPattern,
)

export const refName: Parser<string> = textLike(
  'a full ref name, beginning with refs/ and without ASCII control characters',
  refPattern,
)

/** A copy of bytes, whatever they are a view of, since the host may go on writing there. */
export const changedPath: Parser<ChangedPath> = (value) => {
  if (typeof value === 'string') return value
  // By what it is: `instanceof` is true of proxies and of what only has the prototype.
  if (isUint8Array(value)) return new Uint8Array(value)
  throw new Mismatch('a string or a Uint8Array', describeValue(value))
}

/** One of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Parser<Word> {
  return matching(`one of ${words.join(', ')}`, (value): value is Word =>
    words.some((word) => word === value),
  )
}

function textLike(expected: string, pattern: RegExp): Parser<string> {
  return matching(expected, (value): value is string => typeof value === 'string' && pattern.test(value))
}

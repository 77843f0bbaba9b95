import { describeType } from '../describe-value.ts'
import { isPlainObject } from '../is-plain-object.ts'
import { invalid } from './subscription-fields.ts'

/**
 * The own members of a plain object, each read once. Anything else would be taken for an object without members, and change
 * nothing in silence.
 */
export function readPlainObject(field: string, value: unknown): readonly (readonly [string, unknown])[] {
  const entries = readEntries(field, value)
  if (entries !== null) return entries
  const got = describeType(value)
  const what = field === 'subscription' ? 'a subscription' : `\`${field}\``
  throw invalid(
    field,
    `Expected ${what} to be a plain object, got ${got === 'an object' ? 'an instance of a class' : got}.`,
  )
}

/** Null if it is no plain object. */
function readEntries(field: string, value: unknown): readonly (readonly [string, unknown])[] | null {
  try {
    return isPlainObject(value) ? Object.entries(value) : null
  } catch (cause) {
    throw invalid(field, `Expected \`${field}\` to be readable, but reading it threw.`, cause)
  }
}

/**
 * The members of an object that holds secrets, so that errors name what is known and never what was given. Members that are
 * undefined count as absent.
 */
export function readSecretMembers(
  field: string,
  value: unknown,
  known: readonly string[],
): ReadonlyMap<string, unknown> {
  const entries = readPlainObject(field, value)
  if (entries.some(([key]) => !known.includes(key))) {
    throw invalid(field, `Expected \`${field}\` to have no fields but ${known.join(', ')}.`)
  }
  return new Map(entries.filter(([, member]) => member !== undefined))
}

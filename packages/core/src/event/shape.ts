import { describeType, describeValue, isArray } from '../describe-value.ts'
import { Mismatch } from './mismatch.ts'

/**
 * Turns a value that nobody has checked into one of the right type.
 *
 * What comes out is new, plain data: each member of the input is read once, so that a getter cannot answer the check with
 * one value and the use with another, and a host that changes its objects later changes nothing here.
 * @throws {Mismatch} for the outermost caller to turn into an error with the whole path
 */
export type Parser<Value> = (value: unknown) => Value

/** One parser for each member, the optional ones included: a member without a parser does not compile. */
export type Shape<Value> = { readonly [Key in keyof Value]-?: Parser<Value[Key]> }

/** An object with these members; others are left behind, and so are members that are undefined. */
export function shape<Value extends object>(members: Shape<Value>): Parser<Value> {
  const parsers = Object.entries<Parser<unknown>>(members)
  return record((given) => {
    const result: Record<string, unknown> = {}
    for (const [key, parse] of parsers) {
      const value = member(given, key, parse)
      if (value !== undefined) result[key] = value
    }
    return result as Value
  })
}

/** An object that is put together by hand, as a literal: in half the time of a {@link shape}, for what there may be much of. */
export function record<Value extends object>(read: (given: object) => Value): Parser<Value> {
  return (value) => read(object(value))
}

export function object(value: unknown): object {
  if (typeof value === 'object' && value !== null && !isArray(value)) return value
  throw new Mismatch('an object', describeType(value))
}

export function array(value: unknown): readonly unknown[] {
  if (!isArray(value)) throw new Mismatch('an array', describeType(value))
  return value
}

/** The value, or undefined. */
export function optional<Value>(parse: Parser<Value>): Parser<Value | undefined> {
  return (value) => (value === undefined ? undefined : parse(value))
}

/** The value, or null. */
export function nullable<Value>(parse: Parser<Value>): Parser<Value | null> {
  return (value) => (value === null ? null : parse(value))
}

/** A value that passes a test, described by what was expected. */
export function matching<Value>(
  expected: string,
  isMatch: (value: unknown) => value is Value,
): Parser<Value> {
  return (value) => {
    if (!isMatch(value)) throw new Mismatch(expected, describeValue(value))
    return value
  }
}

/** What stands under a key. */
export function member<Value>(container: object, key: string | number, parse: Parser<Value>): Value {
  try {
    return parse(Reflect.get(container, key))
  } catch (error) {
    throw Mismatch.below(key, error)
  }
}

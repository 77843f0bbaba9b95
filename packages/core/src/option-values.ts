import { describeName, describeUnlessText, isArray, isShowableName } from './describe-value.ts'
import { InvalidInputError } from './errors.ts'
import { isPlainObject } from './is-plain-object.ts'

/** The bounds of a number, both included. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** The error for an option that breaks a rule; `expected` completes "Expected `field` to be …". Shows no text that was given. */
export function invalidOption(field: string, expected: string, value: unknown): InvalidInputError {
  return new InvalidInputError({
    code: 'option.invalid',
    field,
    message: `Expected \`${field}\` to be ${expected}, got ${describeUnlessText(value)}.`,
  })
}

/** @throws {InvalidInputError} `option.invalid` */
export function parseInteger(field: string, value: unknown, { min, max }: Range): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw invalidOption(field, `an integer ${describeRange(min, max)}`, value)
}

/** @throws {InvalidInputError} `option.invalid` */
export function parseNumber(field: string, value: unknown, { min, max }: Range): number {
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw invalidOption(field, `a number ${describeRange(min, max)}`, value)
}

/** @throws {InvalidInputError} `option.invalid` */
export function parseBoolean(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalidOption(field, 'true or false', value)
}

/**
 * The members of a plain object that has no others than those that are known. Members that are undefined count as absent. Of a `Map`, or
 * of an object that inherits its members, none would be seen, and all that they ask for passed over in silence.
 * @param field the path of the object; empty for the options themselves
 * @throws {InvalidInputError} `option.invalid` if it is not an object, `option.unknown` naming what is not known
 */
export function parseMembers(
  field: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  const entries = readEntries(field, value)
  const unknown = entries.find(([name]) => !known.includes(name))
  if (unknown !== undefined) {
    const [name] = unknown
    throw new InvalidInputError({
      code: 'option.unknown',
      field: toPath(field, name),
      message: `Unknown option ${describeName(name)}${field === '' ? '' : ` in \`${field}\``}. Known: ${known.join(', ')}.`,
    })
  }
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined))
}

/** Each member is read once. */
function readEntries(field: string, value: unknown): readonly (readonly [string, unknown])[] {
  const own = field === '' ? 'options' : field
  if (typeof value !== 'object' || value === null || isArray(value)) {
    throw invalidOption(own, 'an object', value)
  }
  const entries = readOwnMembers(own, value)
  if (entries !== null) return entries
  throw new InvalidInputError({
    code: 'option.invalid',
    field: own,
    message: `Expected \`${own}\` to be a plain object, got an instance of a class.`,
  })
}

/** Null unless it is a plain object. */
function readOwnMembers(own: string, value: object): readonly (readonly [string, unknown])[] | null {
  try {
    return isPlainObject(value) ? Object.entries(value) : null
  } catch (cause) {
    const message = `Expected \`${own}\` to be readable, but reading it threw.`
    throw new InvalidInputError({ code: 'option.invalid', field: own, message, cause })
  }
}

function toPath(field: string, name: string): string {
  const own = field === '' ? 'options' : field
  if (!isShowableName(name)) return own
  return field === '' ? name : `${field}.${name}`
}

function describeRange(min: number, max: number): string {
  return max >= Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`
}

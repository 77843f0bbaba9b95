import { describeType } from '../describe-value.ts'
import type { Dialect, HeaderPair } from '../dialect.ts'
import { InvalidInputError } from '../errors.ts'
import { maxHeaderCount, maxHeaderNameLength, maxHeadersLength, maxHeaderValueLength } from '../limits.ts'
import type { Change } from './change.ts'
import { toComparedHeaderName } from './compared-header-name.ts'
import { readPlainObject } from './plain-object.ts'
import { reasonToReserve } from './reserved-headers.ts'

/** A token of RFC 9110, section 5.6.2. */
const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Visible ASCII with spaces inside. Narrower than RFC 9110, section 5.5: other bytes are read in other ways by every server. */
const valuePattern = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/**
 * The headers of a subscription's own, in the order given. An empty object removes them, as null does. Errors name the header
 * and the rule, and never a value: most of them are tokens. A name that is no token is not shown either, since it may be a
 * whole header line.
 * @throws {InvalidInputError} `subscription.headers-invalid`
 */
export function parseHeaders(value: unknown): Change<readonly HeaderPair[]> {
  if (value === null) return { kind: 'remove' }
  const entries = readPlainObject('headers', value)
  return entries.length === 0 ? { kind: 'remove' } : { kind: 'set', value: parseHeaderPairs(entries) }
}

/** The same, of pairs in their order. @throws {InvalidInputError} `subscription.headers-invalid` */
export function parseHeaderPairs(entries: readonly (readonly [string, unknown])[]): readonly HeaderPair[] {
  if (entries.length > maxHeaderCount) {
    throw refused('headers', `Expected \`headers\` to hold up to ${maxHeaderCount}, got ${entries.length}.`)
  }
  const headers: HeaderPair[] = []
  const taken = new Set<string>()
  for (const [index, [name, text]] of entries.entries()) {
    checkName(name, index)
    headers.push([name, parseValue(name, text)])
    const compared = toComparedHeaderName(name)
    if (taken.has(compared)) {
      throw refused(
        `headers.${name}`,
        `Expected \`headers\` to hold ${name} once, whatever its capitals and with _ read as -.`,
      )
    }
    taken.add(compared)
  }
  const length = headers.flat().join('').length
  if (length > maxHeadersLength) {
    throw refused(
      'headers',
      `Expected \`headers\` to have up to ${maxHeadersLength} characters in all, got ${length}.`,
    )
  }
  return headers
}

/**
 * Checks that none of some dialects sets one of these headers itself.
 * @throws {InvalidInputError} `subscription.headers-invalid`
 */
export function checkHeadersOfDialects(names: readonly string[], dialects: Iterable<Dialect>): void {
  if (names.length === 0) return
  for (const dialect of dialects) {
    const own = new Set(namesOfDialect(dialect).map(toComparedHeaderName))
    const taken = names.find((name) => own.has(toComparedHeaderName(name)))
    if (taken !== undefined) {
      throw refused(`headers.${taken}`, `Expected \`headers\` without ${taken}: ${dialect.name} sets it.`)
    }
  }
}

function namesOfDialect(dialect: Dialect): readonly string[] {
  const { rules } = dialect
  const nobody = '00000000-0000-0000-0000-000000000000'
  const eventKey = rules.eventKeys[0] ?? 'repo:push'
  const pairs = dialect.headers({ eventKey, subscriptionId: nobody, deliveryId: nobody, attemptNumber: 1 })
  const signature = rules.signatureHeader === null ? [] : [rules.signatureHeader]
  return [...pairs.map(([name]) => name), ...signature]
}

function checkName(name: string, index: number): void {
  if (name.length > maxHeaderNameLength || !namePattern.test(name)) {
    throw refused(
      'headers',
      `Expected the name of header ${index + 1} in \`headers\` to be a token of 1 to ${maxHeaderNameLength} characters (RFC 9110), such as X-Token.`,
    )
  }
  const reason = reasonToReserve(name)
  if (reason !== null) throw refused(`headers.${name}`, `Expected \`headers\` without ${name}: ${reason}.`)
}

function parseValue(name: string, value: unknown): string {
  const field = `headers.${name}`
  if (typeof value !== 'string') {
    throw refused(field, `Expected the value of ${name} to be a string, got ${describeType(value)}.`)
  }
  if (value.length === 0 || value.length > maxHeaderValueLength) {
    throw refused(
      field,
      `Expected the value of ${name} to have 1 to ${maxHeaderValueLength} characters, got ${value.length}.`,
    )
  }
  if (!valuePattern.test(value)) {
    throw refused(
      field,
      `Expected the value of ${name} to be visible ASCII, with spaces only inside: no line breaks, control or other characters.`,
    )
  }
  return value
}

function refused(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.headers-invalid', field, message })
}

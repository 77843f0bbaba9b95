import { describeType, describeUnlessText } from '../describe-value.ts'
import type { Dialect } from '../dialect.ts'
import { InvalidInputError } from '../errors.ts'
import { type EventKey, isEventKey } from '../event/event-key.ts'
import { maxSecretLength, maxTitleLength } from '../limits.ts'
import type { Change } from './change.ts'
import type { SubscriptionOrder } from './subscription.ts'

export function parseTitle(value: unknown): string {
  if (typeof value !== 'string') {
    throw invalid('title', `Expected \`title\` to be a string, got ${describeUnlessText(value)}.`)
  }
  const length = countCharacters(value, maxTitleLength)
  if (length > maxTitleLength) {
    throw invalid('title', `Expected \`title\` to have up to ${maxTitleLength} characters, got ${length}.`)
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)) {
    throw invalid(
      'title',
      'Expected `title` to be one line without control characters or halves of characters.',
    )
  }
  return value
}

export function parseEvents(value: unknown): readonly EventKey[] {
  if (!Array.isArray(value)) {
    throw invalidEvents(`Expected \`events\` to be an array, got ${describeType(value)}.`)
  }
  if (value.length === 0) throw invalidEvents('Expected `events` to hold at least one event, got none.')
  const events: EventKey[] = []
  for (const [index, key] of (value as readonly unknown[]).entries()) {
    if (!isEventKey(key)) {
      throw invalidEvents(
        `Expected \`events[${index}]\` to be an event key such as repo:push, got ${describeType(key)}.`,
      )
    }
    if (events.includes(key)) {
      throw invalidEvents(`Expected \`events\` to hold each event once, got ${key} twice.`)
    }
    events.push(key)
  }
  return events
}

export function parseDialect(value: unknown, dialects: ReadonlyMap<string, Dialect>): Dialect {
  const dialect = typeof value === 'string' ? dialects.get(value) : undefined
  if (dialect !== undefined) return dialect
  throw new InvalidInputError({
    code: 'subscription.dialect-unknown',
    field: 'dialect',
    message: `Expected \`dialect\` to be one of ${[...dialects.keys()].join(', ')}, got ${describeType(value)}.`,
  })
}

/** Errors tell the length of a secret and nothing else of it. */
export function parseSecret(value: unknown): Change<string> {
  if (value === null) return { kind: 'remove' }
  if (typeof value !== 'string') {
    throw invalid('secret', `Expected \`secret\` to be a string or null, got ${describeType(value)}.`)
  }
  const length = countCharacters(value, maxSecretLength)
  if (length === 0 || length > maxSecretLength) {
    throw invalid(
      'secret',
      `Expected \`secret\` to have 1 to ${maxSecretLength} characters, got ${length}. Use null for none.`,
    )
  }
  // A key is the UTF-8 of its text, which half a character does not have; and PostgreSQL keeps no NUL in a JSON value.
  if (value.includes('\0') || !value.isWellFormed()) {
    throw invalid('secret', 'Expected `secret` to be Unicode text without NUL.')
  }
  return { kind: 'set', value }
}

export function parseOrder(value: unknown): SubscriptionOrder {
  if (value === 'none' || value === 'repository') return value
  throw invalid('order', `Expected \`order\` to be none or repository, got ${describeType(value)}.`)
}

export function parseBoolean(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(field, `Expected \`${field}\` to be true or false, got ${describeUnlessText(value)}.`)
}

export function invalid(field: string, message: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.invalid', field, message, cause })
}

export function invalidEvents(message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.events-invalid', field: 'events', message })
}

/** Characters as people count them: code points, not UTF-16 units. What is far too long is not looked through. */
export function countCharacters(text: string, max: number): number {
  return text.length > 10 * max ? text.length : Array.from(text).length
}

import { describeType } from '../describe-value.ts'
import { maxCredentialLength } from '../limits.ts'
import type { Change } from './change.ts'
import { readSecretMembers } from './plain-object.ts'
import type { SubscriptionAuth } from './subscription.ts'
import { invalid } from './subscription-fields.ts'

/** What the `auth` of a subscription comes to. */
export interface ParsedAuthorization {
  /** What may be read back. */
  readonly shown: SubscriptionAuth
  /** The value of the header `Authorization`. */
  readonly value: string
}

/** `b64token` of RFC 6750, section 2.1. */
const tokenPattern = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * Errors name the field and the rule, and nothing of what was given.
 * @throws {InvalidInputError} `subscription.invalid`
 */
export function parseAuthorization(value: unknown): Change<ParsedAuthorization> {
  if (value === null) return { kind: 'remove' }
  const given = readSecretMembers('auth', value, ['type', 'username', 'password', 'token'])
  switch (given.get('type')) {
    case 'basic':
      checkAbsent(given, ['token'], 'basic')
      return { kind: 'set', value: toBasic(given.get('username'), given.get('password')) }
    case 'bearer':
      checkAbsent(given, ['username', 'password'], 'bearer')
      return {
        kind: 'set',
        value: { shown: { type: 'bearer' }, value: `Bearer ${parseToken(given.get('token'))}` },
      }
    default:
      throw invalid('auth.type', 'Expected `auth.type` to be basic or bearer.')
  }
}

/** RFC 7617: the pair in UTF-8, with a colon between that the first may not hold. */
function toBasic(givenName: unknown, givenPassword: unknown): ParsedAuthorization {
  const username = parseCredential('auth.username', givenName)
  const password = parseCredential('auth.password', givenPassword)
  if (username.includes(':')) {
    throw invalid('auth.username', 'Expected `auth.username` to hold no colon (RFC 7617).')
  }
  if (username === '' && password === '') {
    throw invalid('auth', 'Expected `auth` to have a username or a password. Use null for none.')
  }
  const value = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return { shown: { type: 'basic', username }, value }
}

function parseCredential(field: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw invalid(field, `Expected \`${field}\` to be a string, got ${describeType(value)}.`)
  }
  if (value.length > maxCredentialLength) {
    throw invalid(
      field,
      `Expected \`${field}\` to have up to ${maxCredentialLength} characters, got ${value.length}.`,
    )
  }
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) {
    throw invalid(field, `Expected \`${field}\` to be Unicode text without control characters.`)
  }
  return value
}

function parseToken(value: unknown): string {
  const field = 'auth.token'
  if (typeof value !== 'string') {
    throw invalid(field, `Expected \`auth.token\` to be a string, got ${describeType(value)}.`)
  }
  if (value.length === 0 || value.length > maxCredentialLength) {
    throw invalid(
      field,
      `Expected \`auth.token\` to have 1 to ${maxCredentialLength} characters, got ${value.length}.`,
    )
  }
  if (!tokenPattern.test(value)) {
    throw invalid(
      field,
      'Expected `auth.token` to hold only letters, digits and -._~+/ with = at its end (RFC 6750).',
    )
  }
  return value
}

function checkAbsent(given: ReadonlyMap<string, unknown>, names: readonly string[], type: string): void {
  const extra = names.find((name) => given.has(name))
  if (extra === undefined) return
  throw invalid(`auth.${extra}`, `Expected no \`auth.${extra}\` with \`auth.type\` ${type}.`)
}

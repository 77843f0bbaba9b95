import { describeType, describeUnlessText } from '../describe-value.ts'
import {
  defaultKeepPreviousMs,
  maxKeepPreviousMs,
  maxStandardKeyBytes,
  minStandardKeyBytes,
} from '../limits.ts'
import type { Change } from './change.ts'
import { readSecretMembers } from './plain-object.ts'
import { invalid } from './subscription-fields.ts'

/** A key to be set, as it was given, and for how many ms the one before it goes on signing. */
export interface ParsedStandardWebhooks {
  readonly secret: string
  readonly keepPreviousMs: number
}

const prefix = 'whsec_'

/**
 * Errors name the field and the rule, and nothing of the secret.
 * @throws {InvalidInputError} `subscription.invalid`
 */
export function parseStandardWebhooks(value: unknown): Change<ParsedStandardWebhooks> {
  if (value === null) return { kind: 'remove' }
  const given = readSecretMembers('standardWebhooks', value, ['secret', 'keepPreviousMs'])
  return {
    kind: 'set',
    value: {
      secret: parseSecret(given.get('secret')),
      keepPreviousMs: parseKeepPreviousMs(given.get('keepPreviousMs')),
    },
  }
}

/**
 * The key that a secret of Standard Webhooks stands for: `whsec_` and the base64 of 24 to 64 bytes.
 * Source: the specification of Standard Webhooks, "Signature scheme".
 * @returns null if it is not one
 */
export function toStandardWebhooksKey(secret: string): Uint8Array | null {
  if (!secret.startsWith(prefix)) return null
  const text = secret.slice(prefix.length)
  const key = Buffer.from(text, 'base64')
  // Node passes over what is no base64, and other readers do not.
  if (key.toString('base64') !== text) return null
  return key.length >= minStandardKeyBytes && key.length <= maxStandardKeyBytes ? key : null
}

function parseSecret(value: unknown): string {
  const field = 'standardWebhooks.secret'
  if (typeof value !== 'string') {
    throw invalid(field, `Expected \`${field}\` to be a string, got ${describeType(value)}.`)
  }
  if (toStandardWebhooksKey(value) === null) {
    throw invalid(
      field,
      `Expected \`${field}\` to be ${prefix} and the base64 of ${minStandardKeyBytes} to ${maxStandardKeyBytes} bytes, with padding. createStandardWebhooksSecret() makes one.`,
    )
  }
  return value
}

function parseKeepPreviousMs(value: unknown = defaultKeepPreviousMs): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxKeepPreviousMs) {
    return value
  }
  throw invalid(
    'standardWebhooks.keepPreviousMs',
    `Expected \`standardWebhooks.keepPreviousMs\` to be an integer from 0 to ${maxKeepPreviousMs}, got ${describeUnlessText(value)}.`,
  )
}

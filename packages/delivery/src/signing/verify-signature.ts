import { timingSafeEqual } from 'node:crypto'
import {
  InvalidInputError,
  invalidOption,
  parseInteger,
  parseMembers,
  toStandardWebhooksKey,
} from '@posthorn/core'
import { type ReceivedHeaders, readHeader } from './received-headers.ts'
import { signBody } from './sign-body.ts'
import { signStandardWebhook } from './sign-standard-webhook.ts'

/** A request as its receiver got it, and the secrets that it may be signed with. */
export interface VerifySignatureOptions {
  /** The body exactly as it arrived, before any parsing; a string counts as its UTF-8. */
  readonly body: Uint8Array | string
  /** As Node, `Headers` or a framework give them; names in any case. */
  readonly headers: ReceivedHeaders
  /** The `secret` of the subscription; several while it is being replaced. */
  readonly secret?: string | readonly string[]
  /** The header that carries the signature of `secret`. @default 'X-Hub-Signature' */
  readonly signatureHeader?: string
  /** Checks the headers of Standard Webhooks, instead of that one or beside it. */
  readonly standardWebhooks?: {
    /** `whsec_…`; several while it is being replaced. */
    readonly secret: string | readonly string[]
    /** How far the time of the attempt may lie from now, before or after, in ms from 0 up. @default 300_000 */
    readonly toleranceMs?: number
  }
  /** The time, in epoch ms. @default Date.now */
  readonly now?: () => number
}

const defaultToleranceMs = 300_000

/** Signatures looked at in one header; nobody rotates as many keys at a time. */
const maxSignatures = 20

/**
 * Whether a request was signed with one of the secrets, for receivers. With `secret` and `standardWebhooks` both have to match.
 * Takes the same time whatever differs. Nothing in the request makes it throw; what is missing or malformed is false.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown` if the secrets are none, so that a receiver without
 *   configuration does not take what anyone can sign
 */
export function verifySignature(options: VerifySignatureOptions): boolean {
  const { secret, standardWebhooks, signatureHeader = 'X-Hub-Signature' } = parseMembers('', options, names)
  if (secret === undefined && standardWebhooks === undefined) {
    throw invalidOption('secret', 'given, unless `standardWebhooks` is', undefined)
  }
  if (typeof signatureHeader !== 'string' || !/^[\w-]+$/.test(signatureHeader)) {
    throw invalidOption('signatureHeader', 'the name of a header', signatureHeader)
  }
  const secrets = secret === undefined ? null : parseSecrets('secret', secret)
  const standard = standardWebhooks === undefined ? null : parseStandard(standardWebhooks)
  const { body, headers, now = Date.now } = options
  if (typeof now !== 'function') throw invalidOption('now', 'a function', now)
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return false
  return (
    (secrets === null || hasSignature(body, readHeader(headers, signatureHeader), secrets)) &&
    (standard === null || hasStandardSignature(body, headers, standard, now()))
  )
}

const names = ['body', 'headers', 'secret', 'signatureHeader', 'standardWebhooks', 'now']

interface StandardKeys {
  readonly keys: readonly Uint8Array[]
  readonly toleranceMs: number
}

function hasSignature(
  body: Uint8Array | string,
  signature: string | null,
  secrets: readonly string[],
): boolean {
  return (
    signature !== null &&
    isAnyEqual(
      secrets.map((secret) => signBody(secret, body)),
      [signature],
    )
  )
}

function hasStandardSignature(
  body: Uint8Array | string,
  headers: ReceivedHeaders,
  { keys, toleranceMs }: StandardKeys,
  now: number,
): boolean {
  const id = readHeader(headers, 'webhook-id')
  const timestamp = readHeader(headers, 'webhook-timestamp')
  const signatures = readHeader(headers, 'webhook-signature')
  // A dot in the id would let its end be read as a timestamp, and the timestamp as the beginning of the body.
  if (id === null || id === '' || id.includes('.')) return false
  if (timestamp === null || !/^[0-9]{1,12}$/.test(timestamp)) return false
  if (signatures === null) return false
  // Not the opposite comparison: a clock that gives NaN must not let everything through.
  if (!(Math.abs(now - Number(timestamp) * 1_000) <= toleranceMs)) return false
  const expected = keys.map((key) => signStandardWebhook(key, { id, timestamp, body }))
  return isAnyEqual(expected, signatures.split(' ', maxSignatures))
}

/** Compares each with each, so that the time says nothing of which was equal. */
function isAnyEqual(expected: readonly string[], given: readonly string[]): boolean {
  const wanted = expected.map((text) => Buffer.from(text))
  let isFound = false
  for (const text of given) {
    const bytes = Buffer.from(text)
    for (const one of wanted) {
      const isEqual = one.length === bytes.length && timingSafeEqual(one, bytes)
      isFound = isEqual || isFound
    }
  }
  return isFound
}

function parseStandard(value: unknown): StandardKeys {
  const field = 'standardWebhooks'
  const { secret, toleranceMs } = parseMembers(field, value, ['secret', 'toleranceMs'])
  const keys = parseSecrets(`${field}.secret`, secret).map((text) => {
    const key = toStandardWebhooksKey(text)
    if (key === null) throw invalidSecret(`${field}.secret`, 'whsec_ and the base64 of 24 to 64 bytes')
    return key
  })
  return {
    keys,
    toleranceMs: parseInteger(`${field}.toleranceMs`, toleranceMs ?? defaultToleranceMs, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
    }),
  }
}

function parseSecrets(field: string, value: unknown): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = secrets.filter((secret) => typeof secret === 'string').filter((secret) => secret !== '')
  if (texts.length > 0 && texts.length === secrets.length) return texts
  throw invalidSecret(field, 'a secret, or an array of at least one, none of them empty')
}

/** Does not show what was given. */
function invalidSecret(field: string, expected: string): InvalidInputError {
  return new InvalidInputError({
    code: 'option.invalid',
    field,
    message: `Expected \`${field}\` to be ${expected}.`,
  })
}

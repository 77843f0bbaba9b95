import { createHash, randomUUID } from 'node:crypto'
import { describeUnlessText } from './describe-value.ts'
import { InvalidInputError } from './errors.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID with its hyphens in braces; nothing longer is worth a closer look. */
const maxUuidLength = 38

/** RFC 9562, section 6.6. */
const urlNamespace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8'

/** The 48 bits of time of a UUIDv7. */
const maxTimestamp = 2 ** 48 - 1

/** Whether a string is a UUID in the form Posthorn keeps: lower case, hyphens, no braces. */
export function isUuid(value: string): boolean {
  return uuidPattern.test(value)
}

/** The UUID in lower case and without braces; null if it is not a UUID. */
export function normaliseUuid(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > maxUuidLength) return null
  const text = value.toLowerCase()
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text
  return isUuid(bare) ? bare : null
}

/**
 * The UUID in lower case and without braces.
 * @throws {InvalidInputError} `subject.invalid` if it is not a UUID.
 */
export function parseUuid(value: unknown, field: string): string {
  const uuid = normaliseUuid(value)
  if (uuid !== null) return uuid
  throw invalid(
    field,
    `Expected \`${field}\` to be a UUID, got ${describeUnlessText(value)}. A host without UUIDs can make them with \`toUuid\`.`,
  )
}

/**
 * A stable UUIDv5 for an entity that has only a numeric id. The same arguments give the same UUID for ever.
 * @param siteUrl the base URL of the Git server, such as `https://git.example.com`; slashes at its end do not matter
 * @param type what is numbered, such as `repository` or `user`
 * @throws {InvalidInputError} `subject.invalid` if the id is not an integer that is safe to compare
 */
export function toUuid(siteUrl: string, type: string, numericId: number | bigint): string {
  if (typeof numericId !== 'bigint' && !Number.isSafeInteger(numericId)) {
    throw invalid(
      'numericId',
      `Expected \`numericId\` to be an integer, got ${describeUnlessText(numericId)}.`,
    )
  }
  return createUuidV5(`${siteUrl.replace(/\/+$/, '')}/${type}/${numericId}`)
}

/**
 * The UUIDv5 of a name (RFC 9562, section 5.5).
 * @param namespace a UUID. @default the namespace of URLs
 */
export function createUuidV5(name: string, namespace: string = urlNamespace): string {
  const namespaceBytes = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const bytes = createHash('sha1').update(namespaceBytes).update(name).digest().subarray(0, 16)
  return formatUuidV5(bytes)
}

/**
 * A fresh UUIDv7 (RFC 9562, section 5.7): 48 bits of time, the rest from a cryptographic source. Those made in one ms are
 * in no order.
 * @param now epoch ms
 */
export function createUuidV7(now: number): string {
  const time = Math.min(Math.max(0, Math.floor(now) || 0), maxTimestamp)
    .toString(16)
    .padStart(12, '0')
  // Behind its version a UUIDv4 is what a UUIDv7 wants there, and Node draws the randomness for many of them at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

function formatUuidV5(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subject.invalid', field, message })
}

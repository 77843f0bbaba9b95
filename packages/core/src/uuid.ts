import { createHash, randomBytes } from 'node:crypto'
import { InvalidInputError } from './errors.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The URL namespace of RFC 9562, appendix A. */
const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/** Whether a string is a UUID in the form Posthorn keeps: lower case, hyphens, no braces. */
export function isUuid(value: string): boolean {
  return uuidPattern.test(value)
}

/**
 * The UUID in lower case and without braces.
 * @throws {InvalidInputError} `subject.invalid` if it is not a UUID.
 */
export function parseUuid(value: unknown, field: string): string {
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text
  if (!isUuid(bare)) {
    throw new InvalidInputError({
      code: 'subject.invalid',
      field,
      message: `Expected \`${field}\` to be a UUID, got ${describeValue(value)}. A host without UUIDs can make them with \`toUuid\`.`,
    })
  }
  return bare
}

/**
 * A stable UUIDv5 for an entity that has only a numeric id.
 * @param siteUrl the base URL of the Git server, such as `https://git.example.com`
 * @param type what is numbered, such as `repository` or `user`
 */
export function toUuid(siteUrl: string, type: string, numericId: number | bigint): string {
  return createUuidV5(`${siteUrl.replace(/\/+$/, '')}/${type}/${numericId}`)
}

/** The UUIDv5 of a name in the URL namespace (RFC 9562, section 5.5). */
export function createUuidV5(name: string): string {
  const bytes = createHash('sha1').update(urlNamespace).update(name).digest().subarray(0, 16)
  return formatUuid(bytes, 5)
}

/**
 * A fresh UUIDv7 (RFC 9562, section 5.7): 48 bits of time, the rest from a cryptographic source.
 * @param now epoch ms
 */
export function createUuidV7(now: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Math.max(0, Math.floor(now)), 0, 6)
  return formatUuid(bytes, 7)
}

function formatUuid(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function describeValue(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : typeof value
}

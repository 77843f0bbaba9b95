import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { InvalidInputError, isShowableName, parseMembers } from '@posthorn/core'
import type { Encryption } from './encryption.ts'

/** The keys of {@link createAesGcmEncryption}. Keep them apart from the store: both together open everything. */
export interface AesGcmEncryptionOptions {
  /**
   * Keys of 32 bytes from a source of randomness, by names of one's own of up to 64 letters, digits, `-` and `_`. A key has to stay
   * for as long as secrets are stored that were encrypted with it.
   */
  readonly keys: Readonly<Record<string, Uint8Array>>
  /** The name of the key that encrypts from now on. */
  readonly currentKeyId: string
}

const algorithm = 'aes-256-gcm'
const keyBytes = 32
/** As NIST SP 800-38D, section 8.2.2, has it for random ones; one key may encrypt 2^32 times. */
const nonceBytes = 12
const tagBytes = 16

/**
 * Encryption with AES-256-GCM under keys of one's own, for the option `encryption`. What it gives is the id of the key and, in
 * base64url, nonce, ciphertext and tag. To change the key, add one and make it the current one: what is set from then on is
 * encrypted with it.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`, which never show a key
 */
export function createAesGcmEncryption(options: AesGcmEncryptionOptions): Encryption {
  const given = parseMembers('', options, ['keys', 'currentKeyId'])
  const keys = parseKeys(given.keys)
  const { currentKeyId } = options
  const currentKey = keys.get(currentKeyId)
  if (currentKey === undefined) {
    throw invalid('currentKeyId', 'Expected `currentKeyId` to be the id of one of `keys`.')
  }
  return {
    encrypt: (plaintext, additionalData) =>
      `${currentKeyId}.${encrypt(currentKey, plaintext, additionalData).toString('base64url')}`,
    decrypt(ciphertext, additionalData) {
      const [keyId = '', text = ''] = ciphertext.split('.', 2)
      const key = keys.get(keyId)
      if (key === undefined) throw new Error(`there is no key ${keyId}`)
      return decrypt(key, Buffer.from(text, 'base64url'), additionalData)
    },
  }
}

function encrypt(key: KeyObject, plaintext: string, additionalData: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(additionalData))
  return Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: KeyObject, bytes: Buffer, additionalData: string): string {
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(Buffer.from(additionalData))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const plaintext = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
  return Buffer.concat([plaintext, decipher.final()]).toString()
}

function parseKeys(value: unknown): ReadonlyMap<string, KeyObject> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('keys', 'Expected `keys` to be an object of keys by their ids.')
  }
  return new Map(Object.entries(value).map(([id, key]) => [id, parseKey(id, key)]))
}

function parseKey(id: string, key: unknown): KeyObject {
  if (!/^[\w-]{1,64}$/.test(id)) {
    throw invalid('keys', 'Expected the ids in `keys` to be up to 64 letters, digits, - and _.')
  }
  if (key instanceof Uint8Array && key.length === keyBytes) return createSecretKey(key)
  // Whoever takes one for the other has made a key the id.
  const field = isShowableName(id) ? `keys.${id}` : 'keys'
  throw invalid(
    field,
    `Expected \`${field}\` to be ${field === 'keys' ? 'by id ' : ''}a Uint8Array of ${keyBytes} bytes.`,
  )
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}

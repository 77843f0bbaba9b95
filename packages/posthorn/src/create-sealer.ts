import {
  clearSealer,
  PosthornError,
  type SecretPlace,
  type SecretSealer,
  unreadableSecret,
} from '@posthorn/core'
import type { Encryption } from './encryption.ts'

/** Says how a secret was sealed. What stands in the store without it was put there before there was an encryption. */
const prefix = 'encrypted:'

/**
 * Seals with the functions of the host. What was stored in clear before there was an encryption can still be opened.
 * @param timeoutMs how long either function may take
 */
export function createSealer(encryption: Encryption, timeoutMs: number): SecretSealer {
  return {
    async seal(secret, place) {
      const sealed = await call(
        () => encryption.encrypt(secret, toAdditionalData(place)),
        timeoutMs,
        unsealable,
      )
      // PostgreSQL keeps no NUL and no half of a character in a JSON value.
      if (typeof sealed === 'string' && sealed !== '' && !sealed.includes('\0') && sealed.isWellFormed()) {
        return `${prefix}${sealed}`
      }
      throw unsealable()
    },
    async open(sealed, place) {
      if (!sealed.startsWith(prefix)) return clearSealer.open(sealed, place)
      const secret = await call(
        () => encryption.decrypt(sealed.slice(prefix.length), toAdditionalData(place)),
        timeoutMs,
        () => unreadableSecret(place),
      )
      if (typeof secret === 'string') return secret
      throw unreadableSecret(place)
    },
  }
}

function toAdditionalData({ subscriptionId, field }: SecretPlace): string {
  return `posthorn:${subscriptionId}:${field}`
}

/** What the host's function gives; its own error is left out, since it may quote the secret. */
async function call(work: () => unknown, timeoutMs: number, toError: () => PosthornError): Promise<unknown> {
  try {
    const result = work()
    // What is there already needs no timer.
    return typeof result === 'string' ? result : await within(timeoutMs, Promise.resolve(result))
  } catch {
    throw toError()
  }
}

async function within(timeoutMs: number, result: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), timeoutMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
  }
}

function unsealable(): PosthornError {
  return new PosthornError({
    code: 'secret.unsealable',
    message: 'The function `encryption.encrypt` failed, took too long or gave no text; nothing was stored.',
  })
}

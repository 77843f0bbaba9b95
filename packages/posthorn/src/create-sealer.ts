import {
  clearSealer,
  PosthornError,
  type PosthornErrorCode,
  type SecretPlace,
  type SecretSealer,
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
        'secret.unsealable',
        timeoutMs,
      )
      // PostgreSQL keeps no NUL and no half of a character in a JSON value.
      if (typeof sealed === 'string' && sealed !== '' && !sealed.includes('\0') && sealed.isWellFormed()) {
        return `${prefix}${sealed}`
      }
      throw failed('secret.unsealable')
    },
    async open(sealed, place) {
      if (!sealed.startsWith(prefix)) return clearSealer.open(sealed, place)
      const secret = await call(
        () => encryption.decrypt(sealed.slice(prefix.length), toAdditionalData(place)),
        'secret.unreadable',
        timeoutMs,
      )
      if (typeof secret === 'string') return secret
      throw failed('secret.unreadable')
    },
  }
}

function toAdditionalData({ subscriptionId, field }: SecretPlace): string {
  return `posthorn:${subscriptionId}:${field}`
}

/** What the host's function gives; its own error is left out, since it may quote the secret. */
async function call(
  work: () => unknown,
  code: PosthornErrorCode & `secret.${string}`,
  timeoutMs: number,
): Promise<unknown> {
  try {
    const result = work()
    // What is there already needs no timer.
    return typeof result === 'string' ? result : await within(timeoutMs, Promise.resolve(result))
  } catch {
    throw failed(code)
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

function failed(code: PosthornErrorCode & `secret.${string}`): PosthornError {
  const message =
    code === 'secret.unsealable'
      ? 'The function `encryption.encrypt` failed, took too long or gave no text; nothing was stored.'
      : 'The function `encryption.decrypt` failed, took too long or gave no text. Is the key still there?'
  return new PosthornError({ code, message })
}

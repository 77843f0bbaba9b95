import { PosthornError } from '../errors.ts'

/**
 * Seals secrets before they go into the store and opens them when a request is prepared. The store never sees what is not
 * sealed.
 */
export interface SecretSealer {
  /** @throws {PosthornError} `secret.unsealable` */
  seal(secret: string, place: SecretPlace): Promise<string>
  /** @throws {PosthornError} `secret.unreadable` */
  open(sealed: string, place: SecretPlace): Promise<string>
}

/** Where a secret belongs; a sealed secret opens nowhere else. */
export interface SecretPlace {
  readonly subscriptionId: string
  readonly field: SecretField
}

/** Which of the secrets of a subscription; part of what a sealed secret is bound to, so a name never changes. */
export type SecretField = 'url' | 'signing.legacy' | 'signing.standard' | 'headers' | 'auth' | 'tls.key'

/** Says how a secret was sealed, so that another way can be told apart from this one. */
const clearPrefix = 'clear:'

/** Keeps secrets in clear, for stores that nobody else can read. */
export const clearSealer: SecretSealer = {
  seal: (secret) => Promise.resolve(`${clearPrefix}${secret}`),
  open(sealed, place) {
    if (sealed.startsWith(clearPrefix)) return Promise.resolve(sealed.slice(clearPrefix.length))
    return Promise.reject(unreadableSecret(place))
  },
}

/** The error for a secret that was not opened, or opened as what it never was. Says whose it is, and nothing of what went wrong. */
export function unreadableSecret({ subscriptionId, field }: SecretPlace): PosthornError {
  return new PosthornError({
    code: 'secret.unreadable',
    message: `\`${field}\` of the subscription ${subscriptionId} could not be decrypted. Is the key still there? The subscription can be deleted.`,
  })
}

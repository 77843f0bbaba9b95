import type { EventKey } from '../event/event-key.ts'
import type { SubscriptionFilter } from '../filter/subscription-filter.ts'
import type { SubjectRef } from '../subject.ts'

/** What a host hands to `subscriptions.create`. */
export interface SubscriptionDraft {
  readonly subject: SubjectRef
  /** A short description for people, one line of up to 255 characters. @default '' */
  readonly title?: string
  /**
   * Absolute, http or https, no credentials, no fragment, no empty label in its host, up to 2,048 characters. Sent as the URL
   * standard writes it: what is percent-encoded stays byte for byte, quotes and angle brackets are encoded, `..` is resolved.
   */
  readonly url: string
  /** At least one, none twice. @default ['repo:push'] */
  readonly events?: readonly EventKey[]
  /** The wire format of the bodies. @default 'bitbucket-cloud' */
  readonly dialect?: string
  /** False: events are not delivered while it is so, and what is pending waits. @default true */
  readonly active?: boolean
  /** True: the receiver's certificate is not verified, so that anyone on the way can pose as it. @default false */
  readonly skipCertificateVerification?: boolean
  /** The key of the dialect's own signature, 1 to 128 characters; null or absent: unsigned. Replaced at once. */
  readonly secret?: string | null
  /**
   * Adds the headers of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`) in any dialect, beside its own
   * signature. @default null
   */
  readonly standardWebhooks?: StandardWebhooksDraft | null
  /**
   * Headers of one's own, in this order, sent with every request: up to 20 names that are tokens (RFC 9110) and that neither HTTP,
   * a dialect nor Posthorn sets, none twice, `_` read as `-`, with values of visible ASCII, up to 4,096 characters each and 8,192 in
   * all. An update replaces all of them. @default {}
   */
  readonly headers?: Readonly<Record<string, string>> | null
  /** Sent as the header `Authorization`. @default null */
  readonly auth?: AuthDraft | null
  /** Proves to the receiver who we are, where TLS asks for it. Only over https. @default null */
  readonly tls?: ClientCertificateDraft | null
  /** `repository`: deliveries of one repository keep their order. @default 'none' */
  readonly order?: SubscriptionOrder
  /** Which pushes are heard; null: all. An update replaces the whole filter. @default null */
  readonly filter?: SubscriptionFilter | null
}

/** The key of Standard Webhooks signatures, and how long the one before it stays. */
export interface StandardWebhooksDraft {
  /** `whsec_` and the base64 of 24 to 64 random bytes; `createStandardWebhooksSecret()` makes one. */
  readonly secret: string
  /**
   * In an update: for how long the secret that is replaced goes on signing beside the new one, in ms from 0 to 604,800,000. Of
   * secrets before that one none goes on. @default 86_400_000, a day
   */
  readonly keepPreviousMs?: number
}

/** What is sent as `Authorization`. */
export type AuthDraft =
  /**
   * RFC 7617, in UTF-8. Up to 2,048 characters each, no control characters, no colon in `username`. The username can be read back and
   * is stored in clear: it is no place for a token.
   */
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  /** RFC 6750. Up to 2,048 letters, digits and `-._~+/`, with `=` at the end. */
  | { readonly type: 'bearer'; readonly token: string }

/** In PEM, up to 65,536 characters each. */
export interface ClientCertificateDraft {
  /** The certificate, and those of the authorities between it and the root if the receiver needs them. Can be read back. */
  readonly certificate: string
  /** Its private key, without a passphrase. */
  readonly key: string
}

/** What can change about a subscription: all but its subject. An absent field stays as it is; null removes what can be null. */
export type SubscriptionPatch = Partial<Omit<SubscriptionDraft, 'subject'>>

/** Whether deliveries of one repository wait for one another. */
export type SubscriptionOrder = 'none' | 'repository'

/**
 * A subscription as its owner may read it. Secrets, the values of headers and keys are never read back. The URL is, and tokens may
 * live in it: for the owner's eyes only.
 */
export interface Subscription {
  /** A UUID; dialects of Bitbucket Cloud send it as the id of the hook. */
  readonly id: string
  /** Grows by one with every change. */
  readonly version: number
  readonly subject: SubjectRef
  readonly title: string
  readonly url: string
  readonly events: readonly EventKey[]
  readonly dialect: string
  readonly active: boolean
  /** Set when deliveries stopped by our own judgement; `update(id, { active: true })` lifts it. */
  readonly disabled: SubscriptionDisabled | null
  readonly skipCertificateVerification: boolean
  readonly hasSecret: boolean
  /** Null if there are no signatures of Standard Webhooks. */
  readonly standardWebhooks: SubscriptionStandardWebhooks | null
  /** The names of the headers of its own, in their order. */
  readonly headerNames: readonly string[]
  readonly auth: SubscriptionAuth | null
  readonly tls: { readonly certificate: string } | null
  readonly order: SubscriptionOrder
  /** As it was given; null if every push is heard. */
  readonly filter: SubscriptionFilter | null
  /**
   * Only in a list, and only where the subscription cannot be read: its URL could not be decrypted, or the store is damaged where it
   * stands. `url`, and with `store.corrupt` all that users configure, is empty then. It can be deleted.
   */
  readonly fault?: 'secret.unreadable' | 'store.corrupt'
  /** Readings of the store's clock, in epoch ms. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** What may be read of the keys of Standard Webhooks. */
export interface SubscriptionStandardWebhooks {
  /** Until when the key before the newest signs too, a reading of the store's clock in epoch ms; null if there was none. May be past. */
  readonly previousUntil: number | null
}

/** What may be read of an authorization. */
export type SubscriptionAuth =
  | { readonly type: 'basic'; readonly username: string }
  | { readonly type: 'bearer' }

/** Why and when a subscription was disabled. */
export interface SubscriptionDisabled {
  readonly at: number
  /** `gone`: the receiver answered 410. `exhausted`: five deliveries in a row ran out of attempts. */
  readonly reason: 'gone' | 'exhausted'
}

import type { DialectRules } from '../dialect.ts'
import type { EventKey } from '../event/event-key.ts'
import type { SubscriptionFilter } from '../filter/subscription-filter.ts'
import type { SubjectRef } from '../subject.ts'
import type { SubscriptionAuth, SubscriptionDisabled } from '../subscription/subscription.ts'

/** A subscription as the store keeps it. */
export interface SubscriptionRecord {
  readonly id: string
  /** 1 when created; one more after each update. */
  readonly version: number
  readonly subject: SubjectRef
  readonly content: SubscriptionContent
  /**
   * Set if what the store kept of it cannot be read. Its `settings` are those of nobody then, and it can be deleted and nothing
   * else; what the store finds in columns of their own still holds.
   */
  readonly isDamaged?: true
  readonly createdAt: number
  readonly updatedAt: number
}

/** What can change about a subscription. The store reads all but `settings`, which it keeps as one JSON value. */
export interface SubscriptionContent {
  readonly limitGroup: DialectRules['limitGroup']
  /** The origin of the URL. */
  readonly lane: string
  readonly events: readonly EventKey[]
  readonly isActive: boolean
  readonly disabled: SubscriptionDisabled | null
  /** Whether deliveries keep the order of their key: `claim` gives the oldest unfinished one only. Holds for what is appended from then on. */
  readonly isOrdered: boolean
  readonly settings: SubscriptionSettings
}

/**
 * What the store keeps without reading it. A JSON value; secrets in it are sealed before they come here. Records of earlier
 * releases lack the optional members; `readSealedParts` fills in the sealed ones.
 */
export interface SubscriptionSettings {
  readonly title: string
  /** Sealed, since paths and queries hold tokens; as it is in records of earlier releases. */
  readonly url: string
  readonly dialect: string
  readonly variant: string
  readonly skipCertificateVerification: boolean
  readonly signing: {
    /** The sealed key of the dialect's own signature; null if unsigned. */
    readonly legacy: string | null
    /** The sealed keys of Standard Webhooks signatures, the newest first; empty if there are none. */
    readonly standard?: readonly SealedKey[]
  }
  readonly headers?: SealedHeaders | null
  readonly auth?: SealedAuthorization | null
  readonly tls?: SealedClientCertificate | null
  readonly filter?: SubscriptionFilter | null
}

/** A key of Standard Webhooks as the sealer left it. */
export interface SealedKey {
  readonly sealed: string
  /** A reading of the store's clock; null: until it is replaced. */
  readonly validUntil: number | null
}

/** Headers of a subscription: names in clear and in order, values as the sealer left them. */
export interface SealedHeaders {
  readonly names: readonly string[]
  /** The JSON of the pairs of name and value, in their order. */
  readonly sealed: string
}

export interface SealedAuthorization {
  readonly shown: SubscriptionAuth
  /** The value of the header `Authorization`. */
  readonly sealed: string
}

/** A client certificate with its chain in clear, in PEM, and its key as the sealer left it. */
export interface SealedClientCertificate {
  readonly certificate: string
  /** The private key. */
  readonly sealed: string
}

/** How many subscriptions a subject may have in a group. */
export interface SubscriptionLimit {
  readonly group: DialectRules['limitGroup']
  readonly maxCount: number
}

/** `limit-reached`: nothing was written; `count` is how many there are in the group. */
export type CreateOutcome =
  | { readonly kind: 'created'; readonly subscription: SubscriptionRecord }
  | { readonly kind: 'limit-reached'; readonly count: number }

/** Only `updated` wrote. `version-conflict`: somebody else was faster. */
export type UpdateOutcome =
  | { readonly kind: 'updated'; readonly subscription: SubscriptionRecord }
  | { readonly kind: 'limit-reached'; readonly count: number }
  | { readonly kind: 'version-conflict' }
  | { readonly kind: 'not-found' }

/** A subscription that was deleted, and how many of its deliveries were cancelled with it. */
export interface DeleteOutcome {
  readonly id: string
  readonly cancelledCount: number
}

import type { EventKey } from '../event/event-key.ts'
import type { SubjectRef } from '../subject.ts'

/** What a host hands to `subscriptions.create`. */
export interface SubscriptionDraft {
  readonly subject: SubjectRef
  /** A short description for people, one line of up to 255 characters. @default '' */
  readonly title?: string
  /**
   * Absolute, http or https, no credentials, no fragment, up to 2,048 characters. Sent as the URL standard writes it: what is
   * percent-encoded stays byte for byte, quotes and angle brackets are encoded.
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
  /** The key of the dialect's own signature, 1 to 128 characters; null or absent: unsigned. */
  readonly secret?: string | null
  /** `repository`: deliveries of one repository keep their order. @default 'none' */
  readonly order?: SubscriptionOrder
}

/** What can change about a subscription: all but its subject. An absent field stays as it is; a `secret` of null is removed. */
export type SubscriptionPatch = Partial<Omit<SubscriptionDraft, 'subject'>>

/** Whether deliveries of one repository wait for one another. */
export type SubscriptionOrder = 'none' | 'repository'

/** A subscription as its owner may read it. Secrets are never read back. */
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
  readonly order: SubscriptionOrder
  /** Readings of the store's clock, in epoch ms. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** Why and when a subscription was disabled. */
export interface SubscriptionDisabled {
  readonly at: number
  /** `gone`: the receiver answered 410. `exhausted`: five deliveries in a row ran out of attempts. */
  readonly reason: 'gone' | 'exhausted'
}

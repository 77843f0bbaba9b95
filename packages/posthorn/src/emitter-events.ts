import type { FinalReason, Subscription } from '@posthorn/core'
import type { EngineFault, WorkerEvents } from '@posthorn/delivery'

/** What an emitter tells its listeners, by name. A listener that throws is reported as `listener-error`. */
export interface EmitterEvents extends Omit<WorkerEvents, 'warning'> {
  /** A delivery was cancelled, or those of a deleted subscription were. */
  readonly cancelled: CancelledEvent
  readonly warning: EmitterWarning
  readonly 'listener-error': { readonly event: string; readonly error: unknown }
}

/** Deliveries that ended by a call of the host: one, or all that were unfinished of a deleted subscription. */
export interface CancelledEvent {
  readonly subscriptionId: string
  /** Null if a subscription was deleted with all its deliveries. */
  readonly deliveryId: string | null
  readonly count: number
  readonly reason: FinalReason
}

/** Something that an operator should know. */
export type EmitterWarning =
  /** A subscription was created, or changed, so that anyone on the way to its receiver can pose as it. */
  | { readonly kind: 'certificate-verification-skipped'; readonly subscription: SubscriptionSummary }
  /**
   * What the store holds of a subscription cannot be read. Its deliveries are held back and it gets no new ones, until it is
   * deleted or mended; told once by each process.
   */
  | { readonly kind: 'subscription-damaged'; readonly subscriptionId: string }
  | EngineFault

/** A subscription as everybody but its owner may see it. */
export interface SubscriptionSummary
  extends Pick<Subscription, 'id' | 'version' | 'subject' | 'title' | 'dialect'> {
  /** The origin of its URL and a short hash of its path, such as `https://ci.example.com#1f0c54c0`. */
  readonly target: string
}

import type { Attempt, FinalReason, FinalState, HealthScope } from '@posthorn/core'
import type { DeliveryFacts } from '../diagnostics/delivery-facts.ts'

/** What a worker reports, by name. */
export interface WorkerEvents {
  /** An attempt was recorded. */
  readonly attempted: AttemptedEvent
  /** A delivery reached its receiver. */
  readonly delivered: FinishedEvent
  /** A delivery ran out of attempts or of time, or its receiver answered 410. */
  readonly exhausted: FinishedEvent
  /** A delivery was given up because too many were kept for a disabled subscription, or because its body is gone. */
  readonly discarded: FinishedEvent
  /** A queue or a lane is held back: its breaker opened, or the receiver asked for time. */
  readonly parked: ParkedEvent
  /** A breaker closed. */
  readonly recovered: { readonly scope: HealthScope }
  /** A delivery no longer holds up those behind it in its ordered queue. */
  readonly 'set-aside': { readonly deliveryId: string; readonly subscriptionId: string }
  /** `gone`: the receiver answered 410. `exhausted`: too many deliveries in a row ran out of attempts. */
  readonly 'subscription-disabled': { readonly subscriptionId: string; readonly reason: 'gone' | 'exhausted' }
  /** The engine could not do part of its work and goes on, such as while the store cannot be reached. */
  readonly warning: EngineFault
}

/** A fault that cost no delivery: what failed is tried again. */
export interface EngineFault {
  readonly kind: 'engine-fault'
  /** What the engine was about; see `docs/observability.md`. */
  readonly activity: 'claim' | 'delivery' | 'health' | 'maintenance' | 'renew' | 'standing'
  readonly error: unknown
}

/** An attempt with its outcome. It names the delivery and shows neither its URL nor its body. */
export interface AttemptedEvent {
  readonly delivery: DeliveryFacts
  readonly attempt: Omit<Attempt, 'endedAt'>
  /** Where the delivery went. */
  readonly next: AttemptedNext
  /** How long ago the delivery was made, by the emit, the ping or the call that sent it again; on the store's clock. */
  readonly ageMs: number
}

/** The end of a delivery, or another attempt when its queue allows. */
export type AttemptedNext =
  | { readonly kind: 'final'; readonly state: FinalState; readonly reason: FinalReason | null }
  | { readonly kind: 'again'; readonly delayMs: number }

/** The end of a delivery. `reason` is null for `delivered`. */
export interface FinishedEvent {
  readonly deliveryId: string
  readonly subscriptionId: string
  readonly state: FinalState
  readonly reason: FinalReason | null
}

/** For how many ms a queue or a lane is held back, and why. */
export interface ParkedEvent {
  readonly scope: HealthScope
  readonly forMs: number
  readonly cause: 'breaker' | 'retry-after'
}

/** Takes what a worker reports. Must not throw. */
export type Report = <Name extends keyof WorkerEvents>(name: Name, event: WorkerEvents[Name]) => void

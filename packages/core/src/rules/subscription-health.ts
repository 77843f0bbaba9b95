import {
  type BreakerOptions,
  type BreakerPhase,
  type BreakerStep,
  maxLeasedInPhase,
  openBreaker,
  probeFailed,
  succeeded,
} from './breaker.ts'

/** How one subscription is doing: the state behind its health record. */
export interface SubscriptionHealth {
  readonly phase: BreakerPhase
  /** Consecutive failures of the retryable kinds. */
  readonly failureCount: number
  /** Deliveries that ran out of attempts, or of time while the breaker was open, in a row. */
  readonly exhaustedCount: number
  /** Whether its last attempt ran into the deadline; such a subscription gets one slot until it succeeds. */
  readonly isSlow: boolean
}

/** What an attempt means for its subscription. */
export type HealthSignal =
  | { readonly kind: 'succeeded'; readonly room: number }
  | {
      readonly kind: 'failed'
      readonly isRetryable: boolean
      readonly isTimeout: boolean
      readonly isExhausted: boolean
      readonly retryAfterMs: number | null
      /**
       * False for an attempt that was claimed before the breaker opened: its failure says nothing new, so it does not
       * lengthen the wait. @default true
       */
      readonly isProbe?: boolean
    }

/** The health after an attempt, and what it asks of the store and of the engine. */
export interface SubscriptionHealthStep {
  readonly health: SubscriptionHealth
  /** How long to park the queue from now; null: leave its parking as it is, or end it after a success. */
  readonly parkForMs: number | null
  /** Whether the breaker opened with this step, or closed. */
  readonly change: 'opened' | 'closed' | null
  /** Whether so many deliveries ran out of attempts or time that the subscription should be disabled. */
  readonly shouldDisable: boolean
}

/** A subscription that never failed. */
export const healthySubscription: SubscriptionHealth = Object.freeze({
  phase: Object.freeze({ kind: 'closed' }),
  failureCount: 0,
  exhaustedCount: 0,
  isSlow: false,
})

type Failure = Extract<HealthSignal, { kind: 'failed' }>

/** The health after an attempt. Pure. */
export function stepSubscriptionHealth(
  health: SubscriptionHealth,
  signal: HealthSignal,
  options: BreakerOptions,
  random: number,
): SubscriptionHealthStep {
  return signal.kind === 'succeeded'
    ? afterSuccess(health, signal.room)
    : afterFailure(health, signal, options, random)
}

/**
 * The health after deliveries ended by their age. While the breaker is open they count as those do that ran out of attempts: with
 * traffic enough hardly any delivery of a dead receiver ever does.
 */
export function stepSubscriptionAged(
  health: SubscriptionHealth,
  agedCount: number,
  options: BreakerOptions,
): SubscriptionHealthStep {
  const isFailing = health.phase.kind === 'open'
  const exhaustedCount = health.exhaustedCount + (isFailing ? agedCount : 0)
  return {
    health: { ...health, exhaustedCount },
    parkForMs: null,
    change: null,
    shouldDisable: isFailing && exhaustedCount >= options.exhaustedCount,
  }
}

/** How many deliveries of the subscription may be leased; null: as many as there is room for. */
export function maxLeasedOfSubscription(health: SubscriptionHealth): number | null {
  return health.isSlow ? 1 : maxLeasedInPhase(health.phase)
}

function afterSuccess(health: SubscriptionHealth, room: number): SubscriptionHealthStep {
  return {
    health: { ...healthySubscription, phase: succeeded(health.phase, room) },
    parkForMs: null,
    change: health.phase.kind === 'open' ? 'closed' : null,
    shouldDisable: false,
  }
}

function afterFailure(
  health: SubscriptionHealth,
  failure: Failure,
  options: BreakerOptions,
  random: number,
): SubscriptionHealthStep {
  const failureCount = health.failureCount + (failure.isRetryable ? 1 : 0)
  const exhaustedCount = health.exhaustedCount + (failure.isExhausted ? 1 : 0)
  const step = nextPhase(health.phase, failure, failureCount, options, random)
  return {
    health: { phase: step.phase, failureCount, exhaustedCount, isSlow: health.isSlow || failure.isTimeout },
    parkForMs: longest(step.parkForMs, failure.retryAfterMs),
    change: health.phase.kind !== 'open' && step.phase.kind === 'open' ? 'opened' : null,
    shouldDisable: failure.isExhausted && exhaustedCount >= options.exhaustedCount,
  }
}

/** Only failures of the retryable kinds open a breaker; any failed probe keeps it open, since only a success closes it. */
function nextPhase(
  phase: BreakerPhase,
  failure: Failure,
  failureCount: number,
  options: BreakerOptions,
  random: number,
): BreakerStep {
  const stays: BreakerStep = { phase, parkForMs: null }
  switch (phase.kind) {
    case 'closed':
      return failure.isRetryable && failureCount >= options.failureCount
        ? openBreaker(options, random)
        : stays
    case 'open':
      return failure.isProbe === false ? stays : probeFailed(phase.failedProbeCount, options, random)
    case 'catching-up':
      return failure.isRetryable ? openBreaker(options, random) : stays
  }
}

function longest(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : Math.max(one, other)
}

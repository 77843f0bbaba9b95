import { withJitter } from './schedule.ts'

/**
 * The circuit breaker of one subscription or one lane, as pure functions over its state.
 *
 *   closed ──(too many failures)──▶ open ──(probe succeeds)──▶ catching-up ──(slots reach the room)──▶ closed
 *                                   ▲  └─(probe fails: wait doubles)─┘ │
 *                                   └──────────(a failure)─────────────┘
 *
 * While open, the scope is parked; when the wait is over one delivery at a time goes as a probe, and a failed probe uses up
 * no step of its schedule. Attempts that were under way when the breaker opened are no probes, and their failures change
 * nothing. A failure reopens a subscription that catches up; a lane opens again as it did at first.
 * State lives in the store, so that all processes share one breaker; an update that loses the race is computed again from
 * the winner's state.
 */
export type BreakerPhase =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly failedProbeCount: number }
  | { readonly kind: 'catching-up'; readonly slotCount: number }

/** When breakers open, how long they wait and when a subscription is disabled. Waits and times in ms. */
export interface BreakerOptions {
  /** Consecutive failures of a subscription that open its breaker. 1 to 1,000,000. @default 10, or one more than the schedule has attempts */
  readonly failureCount: number
  /** The first wait while open, no longer than `maxWaitMs`. From 1 ms to a year. @default 10_000 */
  readonly initialWaitMs: number
  /** The longest wait while open, before it is spread. From 1 ms to a year. @default 3_600_000 */
  readonly maxWaitMs: number
  /** How far waits are spread, from 0 to 1. @default 0.2 */
  readonly jitter: number
  /** How long failures of a lane are remembered. From 1 ms to a year. @default 60_000 */
  readonly laneWindowMs: number
  /** Distinct failing subscriptions that open a lane; all of them where it has fewer, but never one alone. 2 to 1,000. @default 3 */
  readonly laneSubscriptionCount: number
  /** Deliveries exhausted in a row that disable a subscription. 1 to 1,000,000. @default 5 */
  readonly exhaustedCount: number
}

/** The defaults. `failureCount` grows with a schedule of the host's own that has ten attempts or more. */
export const defaultBreakerOptions: BreakerOptions = Object.freeze({
  failureCount: 10,
  initialWaitMs: 10_000,
  maxWaitMs: 3_600_000,
  jitter: 0.2,
  laneWindowMs: 60_000,
  laneSubscriptionCount: 3,
  exhaustedCount: 5,
})

/** Doublings after which every wait is the longest one; more would only overflow. */
const maxDoublings = 40

/** What a change of phase asks of the store. */
export interface BreakerStep {
  readonly phase: BreakerPhase
  /** Null: not parked by the breaker. */
  readonly parkForMs: number | null
}

/** Opens the breaker. */
export function openBreaker(options: BreakerOptions, random: number): BreakerStep {
  return {
    phase: { kind: 'open', failedProbeCount: 0 },
    parkForMs: withJitter(options.initialWaitMs, options.jitter, random),
  }
}

/** After a probe failed: the next wait is twice as long, up to a maximum. */
export function probeFailed(failedProbeCount: number, options: BreakerOptions, random: number): BreakerStep {
  const doublings = Math.min(failedProbeCount + 1, maxDoublings)
  const waitMs = Math.min(options.initialWaitMs * 2 ** doublings, options.maxWaitMs)
  return {
    phase: { kind: 'open', failedProbeCount: failedProbeCount + 1 },
    parkForMs: withJitter(waitMs, options.jitter, random),
  }
}

/** After a success in any phase. `room` is how many deliveries the lane may run at a time. */
export function succeeded(phase: BreakerPhase, room: number): BreakerPhase {
  switch (phase.kind) {
    case 'closed':
      return phase
    case 'open':
      return room > 1 ? { kind: 'catching-up', slotCount: 1 } : { kind: 'closed' }
    case 'catching-up':
      return phase.slotCount * 2 >= room
        ? { kind: 'closed' }
        : { kind: 'catching-up', slotCount: phase.slotCount * 2 }
  }
}

/** How many deliveries may be leased in a phase; null: as many as there is room for. */
export function maxLeasedInPhase(phase: BreakerPhase): number | null {
  switch (phase.kind) {
    case 'closed':
      return null
    case 'open':
      return 1
    case 'catching-up':
      return phase.slotCount
  }
}

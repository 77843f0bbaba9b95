import {
  type BreakerOptions,
  type BreakerPhase,
  maxLeasedInPhase,
  openBreaker,
  probeFailed,
  succeeded,
} from './breaker.ts'

/**
 * How one lane is doing: the state behind its health record. Only what happens before any HTTP status counts here: a
 * receiver that answers anything at all can be reached, and that is all a lane is about.
 */
export interface LaneHealth {
  readonly phase: BreakerPhase
  /** When subscriptions last failed to get any answer, on the store's clock; no more of them than decide anything. */
  readonly failedAt: Readonly<Record<string, number>>
}

/** A lane that never failed. */
export const healthyLane: LaneHealth = Object.freeze({
  phase: Object.freeze({ kind: 'closed' }),
  failedAt: Object.freeze({}),
})

/** The health after an attempt, and what it asks of the store. */
export interface LaneHealthStep {
  readonly health: LaneHealth
  /** How long to park the lane from now; null: leave its parking as it is, or end it after an answer. */
  readonly parkForMs: number | null
  readonly change: 'opened' | 'closed' | null
}

/** Facts about a failure to reach the origin at all. */
export interface LaneFailure {
  readonly subscriptionId: string
  /** On the store's clock. */
  readonly now: number
  /** When any subscription of the lane last got an answer, on the store's clock; null: not in living memory. */
  readonly lastAnsweredAt: number | null
  /** How many subscriptions the lane has. */
  readonly subscriptionCount: number
  /**
   * False for an attempt that was claimed before the breaker opened: its failure says nothing new, so it does not lengthen
   * the wait. @default true
   */
  readonly isProbe?: boolean
}

/** The lane after a subscription got an HTTP status, whatever it was. */
export function stepLaneAnswered(health: LaneHealth, room: number): LaneHealthStep {
  return {
    health: { phase: succeeded(health.phase, room), failedAt: {} },
    parkForMs: null,
    change: health.phase.kind === 'open' ? 'closed' : null,
  }
}

/**
 * The lane after a subscription reached the origin and got no answer: a probe that shows that much has ended the wait, or the paths
 * of one subscription that hang would keep all others waiting. It takes an answer to let more go at a time.
 */
export function stepLaneReached(health: LaneHealth, room: number): LaneHealthStep {
  return health.phase.kind === 'open'
    ? stepLaneAnswered(health, room)
    : { health, parkForMs: null, change: null }
}

/**
 * The lane after the origin could not be reached. It opens when so many distinct subscriptions failed within the window and none
 * got an answer in it. A lane of one subscription never opens: that subscription's own breaker serves it, so that a lone
 * delivery runs its documented schedule.
 */
export function stepLaneUnanswered(
  health: LaneHealth,
  failure: LaneFailure,
  options: BreakerOptions,
  random: number,
): LaneHealthStep {
  const failedAt = remember(health.failedAt, failure, options)
  if (health.phase.kind === 'open') {
    if (failure.isProbe === false) return { health, parkForMs: null, change: null }
    const step = probeFailed(health.phase.failedProbeCount, options, random)
    return { health: { phase: step.phase, failedAt }, parkForMs: step.parkForMs, change: null }
  }
  if (!shouldOpen(failedAt, failure, options)) {
    return { health: { phase: health.phase, failedAt }, parkForMs: null, change: null }
  }
  const step = openBreaker(options, random)
  return { health: { phase: step.phase, failedAt: {} }, parkForMs: step.parkForMs, change: 'opened' }
}

/** How many deliveries of the lane may be leased; null: as many as there is room for. */
export function maxLeasedOfLane(health: LaneHealth): number | null {
  return maxLeasedInPhase(health.phase)
}

function shouldOpen(
  failedAt: LaneHealth['failedAt'],
  failure: LaneFailure,
  options: BreakerOptions,
): boolean {
  const { now, lastAnsweredAt, subscriptionCount } = failure
  if (subscriptionCount < 2) return false
  if (lastAnsweredAt !== null && isWithin(options.laneWindowMs, lastAnsweredAt, now)) return false
  const wanted = Math.max(2, Math.min(options.laneSubscriptionCount, subscriptionCount))
  return Object.keys(failedAt).length >= wanted
}

/** Adds a failure, and drops those outside the window and, oldest first, those beyond what can open the lane. */
function remember(
  failedAt: LaneHealth['failedAt'],
  { subscriptionId, now }: LaneFailure,
  { laneWindowMs, laneSubscriptionCount }: BreakerOptions,
): LaneHealth['failedAt'] {
  const others = Object.entries(failedAt)
    .filter(([id, at]) => id !== subscriptionId && isWithin(laneWindowMs, at, now))
    .sort(([, one], [, other]) => other - one)
    .slice(0, Math.max(2, laneSubscriptionCount) - 1)
  return Object.fromEntries([...others, [subscriptionId, now]])
}

/** In both directions, since the store's clock may have jumped back. */
function isWithin(windowMs: number, at: number, now: number): boolean {
  return Math.abs(now - at) <= windowMs
}

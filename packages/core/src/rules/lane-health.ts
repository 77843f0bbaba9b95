import {
  type BreakerOptions,
  type BreakerPhase,
  maxLeasedInPhase,
  openBreaker,
  probeFailed,
  succeeded,
} from './breaker.ts'

/** How one lane is doing: the state behind its health record. Only what happens before any HTTP status counts here. */
export interface LaneHealth {
  readonly phase: BreakerPhase
  /** When each subscription last failed to get any answer, on the store's clock. */
  readonly failedAt: Readonly<Record<string, number>>
}

/** A lane that never failed. */
export const healthyLane: LaneHealth = { phase: { kind: 'closed' }, failedAt: {} }

export interface LaneHealthStep {
  readonly health: LaneHealth
  readonly parkForMs: number | null
  readonly change: 'opened' | 'closed' | null
}

/** Facts about a failure before any HTTP status. */
export interface LaneFailure {
  readonly subscriptionId: string
  /** On the store's clock. */
  readonly now: number
  /** When any subscription of the lane last got an answer, on the store's clock; null: not in living memory. */
  readonly lastAnsweredAt: number | null
  /** How many subscriptions the lane has. */
  readonly subscriptionCount: number
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
 * The lane after a subscription got no answer. It opens when so many distinct subscriptions failed within the window and none
 * got an answer in it. A lane of one subscription never opens: that subscription's own breaker serves it, so that a lone
 * delivery runs its documented schedule.
 */
export function stepLaneUnanswered(
  health: LaneHealth,
  failure: LaneFailure,
  options: BreakerOptions,
  random: number,
): LaneHealthStep {
  const failedAt = remember(health.failedAt, failure, options.laneWindowMs)
  if (health.phase.kind === 'open') {
    const step = probeFailed(health.phase.failedProbeCount, options, random)
    return { health: { phase: step.phase, failedAt }, parkForMs: step.parkForMs, change: null }
  }
  const wanted = Math.max(2, Math.min(options.laneSubscriptionCount, failure.subscriptionCount))
  const hasAnswered =
    failure.lastAnsweredAt !== null && failure.now - failure.lastAnsweredAt <= options.laneWindowMs
  if (hasAnswered || Object.keys(failedAt).length < wanted) {
    return { health: { phase: health.phase, failedAt }, parkForMs: null, change: null }
  }
  const step = openBreaker(options, random)
  return { health: { phase: step.phase, failedAt: {} }, parkForMs: step.parkForMs, change: 'opened' }
}

/** How many deliveries of the lane may be leased; null: as many as there is room for. */
export function maxLeasedOfLane(health: LaneHealth): number | null {
  return maxLeasedInPhase(health.phase)
}

function remember(
  failedAt: LaneHealth['failedAt'],
  failure: LaneFailure,
  windowMs: number,
): LaneHealth['failedAt'] {
  const recent = Object.entries(failedAt).filter(([, at]) => Math.abs(failure.now - at) <= windowMs)
  return { ...Object.fromEntries(recent), [failure.subscriptionId]: failure.now }
}

import type { BreakerPhase } from './breaker.ts'
import { healthyLane, type LaneHealth } from './lane-health.ts'
import { healthySubscription, type SubscriptionHealth } from './subscription-health.ts'

/**
 * The health of a subscription from what its record holds, which another version of Posthorn may have written. Whatever
 * cannot be read counts as healthy: at worst the breaker opens a few attempts later.
 */
export function parseSubscriptionHealth(value: unknown): SubscriptionHealth {
  const state = members(value)
  return {
    phase: parsePhase(state.phase) ?? healthySubscription.phase,
    failureCount: isCount(state.failureCount) ? state.failureCount : healthySubscription.failureCount,
    exhaustedCount: isCount(state.exhaustedCount) ? state.exhaustedCount : healthySubscription.exhaustedCount,
    isSlow: state.isSlow === true,
  }
}

/** The health of a lane from what its record holds. Whatever cannot be read counts as healthy. */
export function parseLaneHealth(value: unknown): LaneHealth {
  const state = members(value)
  const failedAt = Object.entries(members(state.failedAt)).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  )
  return { phase: parsePhase(state.phase) ?? healthyLane.phase, failedAt: Object.fromEntries(failedAt) }
}

function parsePhase(value: unknown): BreakerPhase | null {
  const { kind, failedProbeCount, slotCount } = members(value)
  if (kind === 'closed') return { kind }
  if (kind === 'open' && isCount(failedProbeCount)) return { kind, failedProbeCount }
  if (kind === 'catching-up' && isCount(slotCount) && slotCount > 0) return { kind, slotCount }
  return null
}

/** The own members of an object; none of anything else. */
function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

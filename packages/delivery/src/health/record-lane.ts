import {
  healthyLane,
  laneScope,
  maxLeasedOfLane,
  parseLaneHealth,
  stepLaneAnswered,
  stepLaneReached,
  stepLaneUnanswered,
} from '@posthorn/core'
import { isUnreachable } from '../judge/is-unreachable.ts'
import type { AttemptFacts, HealthContext } from './health-keeper.ts'
import { isAtRest, stillParkedMs, updateHealth } from './update-health.ts'

/** When each lane last answered with any status, on the store's clock. */
export interface AnswerMemory {
  lastAnsweredAt(lane: string): number | null
  remember(lane: string, storeNow: number): void
}

/** Lanes whose last answer is remembered; beyond it the one that has been silent longest is forgotten. */
const maxLanes = 10_000

export function createAnswerMemory(): AnswerMemory {
  const answeredAt = new Map<string, number>()
  return {
    lastAnsweredAt: (lane) => answeredAt.get(lane) ?? null,
    remember(lane, storeNow) {
      answeredAt.delete(lane)
      answeredAt.set(lane, storeNow)
      const [oldest] = answeredAt.keys()
      if (answeredAt.size > maxLanes && oldest !== undefined) answeredAt.delete(oldest)
    },
  }
}

/**
 * Takes account of an attempt in the health of its lane: did any status arrive, or could the origin not be reached? Pings are made
 * by one tenant as often as he likes, so what fails of them changes nothing.
 */
export async function recordLane<Transaction>(
  { delivery, outcome, probes, storeNow }: AttemptFacts,
  answers: AnswerMemory,
  context: HealthContext<Transaction>,
): Promise<void> {
  const { breaker, room, random, report, store, cache, patience } = context
  const { lane, subscriptionId } = delivery
  const scope = laneScope(lane)
  const isAnswered = outcome.kind === 'answered'
  const isFailure = isUnreachable(outcome) && !delivery.isPing
  const isReachingProbe = probes.lane && outcome.kind === 'unanswered' && !isUnreachable(outcome)
  if (!isAnswered && !isFailure && !isReachingProbe) return
  if (isAnswered) answers.remember(lane, storeNow)
  if (isAnswered && isAtRest(cache.get(scope), healthyLane)) return
  const subscriptionCount = isFailure ? await patience(() => store.countSubscriptions(lane)) : 0
  // Its last subscription moved away or was deleted meanwhile: nobody would ever forget what is kept of the lane.
  if (isFailure && subscriptionCount === 0) return
  const failure = {
    subscriptionId,
    now: storeNow,
    lastAnsweredAt: answers.lastAnsweredAt(lane),
    subscriptionCount,
    isProbe: probes.lane,
  }

  const step = await updateHealth(scope, context, (current) => {
    const health = parseLaneHealth(current?.state)
    const next = isFailure
      ? stepLaneUnanswered(health, failure, breaker, random())
      : isAnswered
        ? stepLaneAnswered(health, room)
        : stepLaneReached(health, room)
    const parkForMs = next.parkForMs ?? (isFailure ? stillParkedMs(current, storeNow) : null)
    return {
      ...next,
      update: { parkForMs, maxLeasedCount: maxLeasedOfLane(next.health), state: next.health },
    }
  })

  if (step === null) return
  if (step.parkForMs !== null) report('parked', { scope, forMs: step.parkForMs, cause: 'breaker' })
  if (step.change === 'closed') report('recovered', { scope })
}

import {
  type BreakerPhase,
  type ClaimedDelivery,
  type HealthRecord,
  healthySubscription,
  maxLeasedOfSubscription,
  parseSubscriptionHealth,
  type SubscriptionRecord,
  stepSubscriptionHealth,
  subscriptionScope,
} from '@posthorn/core'
import type { AttemptFacts, HealthContext } from './health-keeper.ts'
import { isAtRest, stillParkedMs, updateHealth } from './update-health.ts'

/** Takes account of an attempt in the health of its subscription. */
export async function recordSubscription<Transaction>(
  { delivery, signal, probes, storeNow }: AttemptFacts,
  context: HealthContext<Transaction>,
): Promise<{ readonly shouldDisable: boolean }> {
  if (signal.kind === 'silent' || signal.kind === 'gone') return { shouldDisable: false }
  if (signal.kind === 'failed' && (await isOutdated(delivery.subscription, context))) {
    return { shouldDisable: false }
  }
  const { breaker, room, random, report } = context
  const scope = subscriptionScope(delivery.subscriptionId)
  const isDone = signal.kind === 'succeeded'

  const step = await updateHealth(scope, context, (current: HealthRecord | null) => {
    if (isDone && isAtRest(current, healthySubscription)) return null
    const health = parseSubscriptionHealth(current?.state)
    const next = stepSubscriptionHealth(
      health,
      isDone ? { ...signal, room } : { ...signal, isProbe: probes.subscription && !delivery.isPing },
      breaker,
      random(),
    )
    const stays = isDone && endsPark(health.phase.kind, delivery) ? null : stillParkedMs(current, storeNow)
    const parkForMs = longest(next.parkForMs, stays)
    return {
      ...next,
      update: { parkForMs, maxLeasedCount: maxLeasedOfSubscription(next.health), state: next.health },
    }
  })

  if (step === null) return { shouldDisable: false }
  // A park that only goes on is not news.
  const forMs = step.parkForMs === null ? null : step.update.parkForMs
  if (forMs !== null && forMs > 0) {
    report('parked', { scope, forMs, cause: step.health.phase.kind === 'open' ? 'breaker' : 'retry-after' })
  }
  if (step.change === 'closed') report('recovered', { scope })
  return { shouldDisable: step.shouldDisable }
}

/**
 * Whether a success ends what parks its queue. That of an attempt which began before the receiver asked for time does not: it only
 * came late. A ping goes past every park, and a breaker closes with any success.
 */
function endsPark(phase: BreakerPhase['kind'], { isPing }: ClaimedDelivery): boolean {
  return isPing || phase === 'open'
}

/** A park that runs already is not cut short by a shorter one. */
function longest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}

/** Whether the subscription was changed since the attempt began: what failed may not be what it is now. */
async function isOutdated<Transaction>(
  { id, version }: SubscriptionRecord,
  { store, patience }: HealthContext<Transaction>,
): Promise<boolean> {
  const [current] = await patience(() => store.getSubscriptions([id]))
  return current?.version !== version
}

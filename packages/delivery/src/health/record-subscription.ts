import {
  type HealthRecord,
  healthySubscription,
  maxLeasedOfSubscription,
  parseSubscriptionHealth,
  stepSubscriptionHealth,
  subscriptionScope,
} from '@posthorn/core'
import { withStoreRetries } from '../worker/store-retries.ts'
import type { AttemptFacts, HealthContext } from './health-keeper.ts'
import { isAtRest, stillParkedMs, updateHealth } from './update-health.ts'

/** Takes account of an attempt in the health of its subscription. */
export async function recordSubscription<Transaction>(
  { delivery, signal, probes, subscriptionVersion, storeNow }: AttemptFacts,
  context: HealthContext<Transaction>,
): Promise<{ readonly shouldDisable: boolean }> {
  if (signal.kind === 'silent' || signal.kind === 'gone') return { shouldDisable: false }
  if (signal.kind === 'failed' && (await isOutdated(delivery.subscriptionId, subscriptionVersion, context))) {
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
      isDone ? { ...signal, room } : { ...signal, isProbe: probes.subscription },
      breaker,
      random(),
    )
    const parkForMs = next.parkForMs ?? (isDone ? null : stillParkedMs(current, storeNow))
    return {
      ...next,
      update: { parkForMs, maxLeasedCount: maxLeasedOfSubscription(next.health), state: next.health },
    }
  })

  if (step === null) return { shouldDisable: false }
  if (step.parkForMs !== null) {
    const cause = step.health.phase.kind === 'open' ? 'breaker' : 'retry-after'
    report('parked', { scope, forMs: step.parkForMs, cause })
  }
  if (step.change === 'closed') report('recovered', { scope })
  return { shouldDisable: step.shouldDisable }
}

/** Whether the subscription was changed since the attempt began: what failed may not be what it is now. */
async function isOutdated<Transaction>(
  id: string,
  version: number,
  { store }: HealthContext<Transaction>,
): Promise<boolean> {
  const [current] = await withStoreRetries(() => store.getSubscriptions([id]))
  return current?.version !== version
}

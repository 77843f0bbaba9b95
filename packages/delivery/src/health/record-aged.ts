import {
  maxLeasedOfSubscription,
  parseSubscriptionHealth,
  stepSubscriptionAged,
  subscriptionScope,
} from '@posthorn/core'
import type { HealthContext } from './health-keeper.ts'
import { stillParkedMs, updateHealth } from './update-health.ts'

/** Takes account of deliveries that ended by their age; resolves with whether their subscription should be disabled. */
export async function recordAged<Transaction>(
  { subscriptionId, count, storeNow }: AgedFacts,
  context: HealthContext<Transaction>,
): Promise<boolean> {
  const { store, cache, breaker, patience } = context
  const scope = subscriptionScope(subscriptionId)
  // Whoever keeps house may never have claimed from this queue.
  const record = await patience(() => store.readHealth(scope))
  if (record === null) return false
  cache.learn(record)
  const step = await updateHealth(scope, context, (current) => {
    const health = parseSubscriptionHealth(current?.state)
    const next = stepSubscriptionAged(health, count, breaker)
    if (next.health.exhaustedCount === health.exhaustedCount) return null
    const parkForMs = stillParkedMs(current, storeNow)
    return {
      ...next,
      update: { parkForMs, maxLeasedCount: maxLeasedOfSubscription(next.health), state: next.health },
    }
  })
  return step?.shouldDisable === true
}

/** Deliveries of one subscription that ended by their age. */
export interface AgedFacts {
  readonly subscriptionId: string
  readonly count: number
  /** On the store's clock. */
  readonly storeNow: number
}

import type { EndedDelivery, StoreHandle } from '@posthorn/core'
import type { HealthKeeper } from '../health/health-keeper.ts'
import type { Patience } from './patience.ts'
import { disableSubscription } from './subscription-standing.ts'
import type { Report } from './worker-events.ts'

export interface AgedContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly health: HealthKeeper
  readonly report: Report
  readonly storeNow: () => number
  readonly patience: Patience
}

/** Draws the consequence of deliveries that ended by their age: a subscription whose receiver is dead is disabled. */
export async function judgeAged<Transaction>(
  ended: readonly EndedDelivery[],
  { store, health, report, storeNow, patience }: AgedContext<Transaction>,
): Promise<void> {
  const counts = new Map<string, number>()
  for (const { subscriptionId } of ended) counts.set(subscriptionId, (counts.get(subscriptionId) ?? 0) + 1)
  for (const [subscriptionId, count] of counts) {
    if (!(await health.recordAged({ subscriptionId, count, storeNow: storeNow() }))) continue
    const [subscription] = await store.getSubscriptions([subscriptionId])
    if (subscription === undefined) continue
    const disabled = { at: storeNow(), reason: 'exhausted' } as const
    if (await disableSubscription(store, subscription, disabled, patience)) {
      report('subscription-disabled', { subscriptionId, reason: 'exhausted' })
    }
  }
}

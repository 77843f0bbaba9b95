import { healthySubscription, type StoreHandle, subscriptionScope } from '@posthorn/core'
import type { Patience } from './patience.ts'

/** How long a queue is held back whose subscription cannot be read, before it is looked at again, in ms. */
const holdBackMs = 600_000

/** Parks the queue of a subscription that is damaged in the store, so that its deliveries are not claimed again and again. */
export async function holdBack<Transaction>(
  store: StoreHandle<Transaction>,
  subscriptionId: string,
  patience: Patience,
): Promise<void> {
  const scope = subscriptionScope(subscriptionId)
  const record = await patience(() => store.readHealth(scope))
  const update = {
    parkForMs: holdBackMs,
    maxLeasedCount: record?.maxLeasedCount ?? null,
    state: record?.state ?? healthySubscription,
  }
  // After a conflict another delivery has done it, or the next claim will.
  await patience(() => store.compareAndSetHealth(scope, record?.version ?? 0, update))
}

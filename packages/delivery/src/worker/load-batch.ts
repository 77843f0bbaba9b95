import type { BodyKey, ClaimedDelivery, StoreHandle, SubscriptionRecord } from '@posthorn/core'

/** What a batch of claimed deliveries needs, read once for all of them. */
export interface LoadedBatch {
  /** Undefined if the subscription was deleted since. */
  subscription(delivery: ClaimedDelivery): SubscriptionRecord | undefined
  /** Undefined if the body is no longer stored. */
  body(delivery: ClaimedDelivery): Uint8Array | undefined
}

/** Reads the subscriptions and bodies of a batch, each once. */
export async function loadBatch<Transaction>(
  store: StoreHandle<Transaction>,
  deliveries: readonly ClaimedDelivery[],
): Promise<LoadedBatch> {
  const keys = [...new Map(deliveries.map(({ body }) => [nameOf(body), body])).values()]
  const ids = [...new Set(deliveries.map(({ subscriptionId }) => subscriptionId))]
  const [subscriptions, bytes] = await Promise.all([store.getSubscriptions(ids), store.readBodies(keys)])
  const subscriptionById = new Map(subscriptions.map((subscription) => [subscription.id, subscription]))
  const bodyByName = new Map(keys.map((key, index) => [nameOf(key), bytes[index] ?? undefined]))
  return {
    subscription: ({ subscriptionId }) => subscriptionById.get(subscriptionId),
    body: ({ body }) => bodyByName.get(nameOf(body)),
  }
}

function nameOf({ eventId, dialect, variant, part }: BodyKey): string {
  return JSON.stringify([eventId, dialect, variant, part])
}

import type { BodyKey, ClaimedDelivery, StoreHandle, SubscriptionRecord } from '@posthorn/core'

/** A claimed delivery with what it needs. */
export interface LoadedDelivery {
  readonly delivery: ClaimedDelivery
  readonly subscription: SubscriptionRecord
  /** Undefined if the body is no longer stored. */
  readonly body: Uint8Array | undefined
}

/**
 * Reads the subscriptions and bodies of a batch, each once. Deliveries of subscriptions that were deleted since are left out: they
 * are cancelled, and there is nothing left to settle.
 */
export async function loadBatch<Transaction>(
  store: StoreHandle<Transaction>,
  deliveries: readonly ClaimedDelivery[],
): Promise<readonly LoadedDelivery[]> {
  const keys: BodyKey[] = []
  const placeByName = new Map<string, number>()
  const places = deliveries.map(({ body }) => {
    const name = nameOf(body)
    const place = placeByName.get(name) ?? keys.push(body) - 1
    placeByName.set(name, place)
    return place
  })
  const ids = [...new Set(deliveries.map(({ subscriptionId }) => subscriptionId))]
  const [subscriptions, bodies] = await Promise.all([store.getSubscriptions(ids), store.readBodies(keys)])
  const subscriptionById = new Map(subscriptions.map((subscription) => [subscription.id, subscription]))
  return deliveries.flatMap((delivery, index) => {
    const subscription = subscriptionById.get(delivery.subscriptionId)
    const body = bodies[places[index] ?? -1] ?? undefined
    return subscription === undefined ? [] : { delivery, subscription, body }
  })
}

function nameOf({ eventId, dialect, variant, part }: BodyKey): string {
  return JSON.stringify([eventId, dialect, variant, part])
}

import type { StoreHandle, SubscriptionDisabled, SubscriptionRecord } from '@posthorn/core'
import { withStoreRetries } from './store-retries.ts'

/**
 * Stops deliveries to a subscription. Does nothing if the subscription was changed since it was read, because what was
 * learned may not be true of what it is now.
 */
export async function disableSubscription<Transaction>(
  store: StoreHandle<Transaction>,
  subscription: SubscriptionRecord,
  disabled: SubscriptionDisabled,
): Promise<boolean> {
  return subscription.content.disabled === null && replace(store, subscription, disabled)
}

/** Lifts what {@link disableSubscription} did; nothing happens if the subscription was changed since it was read. */
export async function enableSubscription<Transaction>(
  store: StoreHandle<Transaction>,
  subscription: SubscriptionRecord,
): Promise<boolean> {
  return subscription.content.disabled !== null && replace(store, subscription, null)
}

async function replace<Transaction>(
  store: StoreHandle<Transaction>,
  { id, version, content }: SubscriptionRecord,
  disabled: SubscriptionDisabled | null,
): Promise<boolean> {
  // The group stays, so the limit is not checked again.
  const limit = { group: content.limitGroup, maxCount: 0 }
  const outcome = await withStoreRetries(() =>
    store.updateSubscription(id, version, { ...content, disabled }, limit),
  )
  return outcome.kind === 'updated'
}

import type { StoreHandle, SubscriptionDisabled, SubscriptionRecord } from '@posthorn/core'
import type { Patience } from './patience.ts'

/**
 * Stops deliveries to a subscription. Does nothing if the subscription was changed since it was read, because what was
 * learned may not be true of what it is now.
 */
export async function disableSubscription<Transaction>(
  store: StoreHandle<Transaction>,
  subscription: SubscriptionRecord,
  disabled: SubscriptionDisabled,
  patience: Patience,
): Promise<boolean> {
  return subscription.content.disabled === null && replace(store, subscription, disabled, patience)
}

/** Lifts what {@link disableSubscription} did; nothing happens if the subscription was changed since it was read. */
export async function enableSubscription<Transaction>(
  store: StoreHandle<Transaction>,
  subscription: SubscriptionRecord,
  patience: Patience,
): Promise<boolean> {
  return subscription.content.disabled !== null && replace(store, subscription, null, patience)
}

async function replace<Transaction>(
  store: StoreHandle<Transaction>,
  { id, version, content }: SubscriptionRecord,
  disabled: SubscriptionDisabled | null,
  patience: Patience,
): Promise<boolean> {
  // The group stays, so the limit is not checked again.
  const limit = { group: content.limitGroup, maxCount: 0 }
  const outcome = await patience(() => store.updateSubscription(id, version, { ...content, disabled }, limit))
  return outcome.kind === 'updated'
}

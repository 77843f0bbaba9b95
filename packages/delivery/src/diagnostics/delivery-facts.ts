import type { ClaimedDelivery } from '@posthorn/core'

/** What whoever watches may know of a delivery: ids, and of its URL the origin alone. */
export type DeliveryFacts = Pick<
  ClaimedDelivery,
  'deliveryId' | 'subscriptionId' | 'eventKey' | 'isPing' | 'body' | 'lane' | 'depth'
>

/** A copy, since a claimed delivery also holds the subscription with its secrets, and the bytes. */
export function toDeliveryFacts(delivery: ClaimedDelivery): DeliveryFacts {
  const { deliveryId, subscriptionId, eventKey, isPing, body, lane, depth } = delivery
  return { deliveryId, subscriptionId, eventKey, isPing, body, lane, depth }
}

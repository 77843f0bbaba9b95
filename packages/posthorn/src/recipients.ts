import type { Dialect, EventKey, SkippedSubscription, SubscriptionRecord } from '@posthorn/core'

/** Who gets an event, and who asked for it and does not. */
export interface Recipients {
  readonly subscriptions: readonly SubscriptionRecord[]
  readonly skipped: readonly SkippedSubscription[]
}

/** Sorts the subscriptions that ask for an event. Pure; `emit`, `interest` and `explain` all go by it. */
export function selectRecipients(
  matches: readonly SubscriptionRecord[],
  key: EventKey,
  isTooDeep: boolean,
  dialects: ReadonlyMap<string, Dialect>,
): Recipients {
  const subscriptions: SubscriptionRecord[] = []
  const skipped: SkippedSubscription[] = []
  for (const subscription of matches) {
    const reason = reasonToSkip(subscription, key, isTooDeep, dialects)
    if (reason === null) subscriptions.push(subscription)
    else skipped.push({ subscriptionId: subscription.id, reason })
  }
  return { subscriptions, skipped }
}

function reasonToSkip(
  { content, isDamaged }: SubscriptionRecord,
  key: EventKey,
  isTooDeep: boolean,
  dialects: ReadonlyMap<string, Dialect>,
): SkippedSubscription['reason'] | null {
  if (!content.isActive) return 'inactive'
  if (isDamaged === true) return 'damaged'
  if (dialects.get(content.settings.dialect)?.rules.eventKeys.includes(key) !== true) return 'not-in-dialect'
  return isTooDeep ? 'loop' : null
}

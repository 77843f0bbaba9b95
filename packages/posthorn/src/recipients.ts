import {
  createFilterJudge,
  type Dialect,
  type EventKey,
  type FilterJudge,
  type SkippedSubscription,
  type SubscriptionFilter,
  type SubscriptionRecord,
  type WebhookEvent,
} from '@posthorn/core'

/** Who gets an event, and who asked for it and does not. */
export interface Recipients {
  readonly subscriptions: readonly SubscriptionRecord[]
  readonly skipped: readonly SkippedSubscription[]
}

export interface RecipientsContext {
  readonly dialects: ReadonlyMap<string, Dialect>
  /** A promise to wait for, once the current turn of the event loop has lasted too long; else null. */
  readonly endOfLongTurn: () => Promise<void> | null
}

type SkipReason = SkippedSubscription['reason']

/**
 * Sorts the subscriptions that ask for an event, in their order. `emit` and `explain` both go by it. Filters may have much to look
 * through in a large push, so other work has its turn between them.
 */
export async function selectRecipients(
  matches: readonly SubscriptionRecord[],
  event: WebhookEvent,
  isTooDeep: boolean,
  { dialects, endOfLongTurn }: RecipientsContext,
): Promise<Recipients> {
  const subscriptions: SubscriptionRecord[] = []
  const skipped: SkippedSubscription[] = []
  const judged = matches.filter(
    (subscription) =>
      filterOf(subscription) !== null && reasonNotToListen(subscription, event.key, dialects) === null,
  )
  const judge = createFilterJudge(event, new Set(judged.map(subjectOf)).size)
  for (const subscription of matches) {
    const turnEnd = filterOf(subscription) === null ? null : endOfLongTurn()
    if (turnEnd !== null) await turnEnd
    const reason =
      reasonNotToListen(subscription, event.key, dialects) ??
      reasonToFilter(judge, subscription) ??
      (isTooDeep ? 'loop' : null)
    if (reason === null) subscriptions.push(subscription)
    else skipped.push({ subscriptionId: subscription.id, reason })
  }
  return { subscriptions, skipped }
}

/** Those of the subscriptions that may get an event with this key, whatever it turns out to be, and those that do not. */
export function selectListeners(
  matches: readonly SubscriptionRecord[],
  key: EventKey,
  dialects: ReadonlyMap<string, Dialect>,
): Recipients {
  const subscriptions: SubscriptionRecord[] = []
  const skipped: SkippedSubscription[] = []
  for (const subscription of matches) {
    const reason = reasonNotToListen(subscription, key, dialects)
    if (reason === null) subscriptions.push(subscription)
    else skipped.push({ subscriptionId: subscription.id, reason })
  }
  return { subscriptions, skipped }
}

function reasonToFilter(judge: FilterJudge, subscription: SubscriptionRecord): SkipReason | null {
  const filter = filterOf(subscription)
  const refusal = filter === null ? null : judge.refusalOf(filter, subjectOf(subscription))
  return refusal === null ? null : `filter.${refusal}`
}

function filterOf({ content }: SubscriptionRecord): SubscriptionFilter | null {
  return content.settings.filter ?? null
}

function subjectOf({ subject }: SubscriptionRecord): string {
  return `${subject.type}/${subject.id}`
}

function reasonNotToListen(
  { content, isDamaged }: SubscriptionRecord,
  key: EventKey,
  dialects: ReadonlyMap<string, Dialect>,
): SkipReason | null {
  if (!content.isActive) return 'inactive'
  if (isDamaged === true) return 'damaged'
  const carries = dialects.get(content.settings.dialect)?.rules.eventKeys.includes(key) === true
  return carries ? null : 'not-in-dialect'
}

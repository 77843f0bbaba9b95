import {
  createUuidV7,
  type Dialect,
  type DialectCaps,
  type NewBody,
  type NewDelivery,
  nextDelayMs,
  type Schedule,
  type Site,
  type SkippedSubscription,
  type SubscriptionRecord,
  type WebhookEvent,
} from '@posthorn/core'

/** What bodies and deliveries are made with. */
export interface BuildDeliveriesContext {
  readonly site: Site
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly caps: ReadonlyMap<string, DialectCaps>
  readonly schedule: Schedule
  readonly random: () => number
  /** Epoch ms, for ids. */
  readonly now: number
}

export interface BuiltDeliveries {
  readonly bodies: readonly NewBody[]
  readonly deliveries: readonly NewDelivery[]
  /** Recipients whose dialect has no body for this event. */
  readonly skipped: readonly SkippedSubscription[]
}

/** Builds each body once, whatever the number of subscriptions, and a delivery per subscription and part. */
export function buildDeliveries(
  event: WebhookEvent,
  eventId: string,
  recipients: readonly SubscriptionRecord[],
  context: BuildDeliveriesContext,
  isPing: boolean,
): BuiltDeliveries {
  const bodies: NewBody[] = []
  const deliveries: NewDelivery[] = []
  const skipped: SkippedSubscription[] = []
  const partCounts = new Map<string, number>()
  for (const { id, content } of recipients) {
    const { dialect, variant } = content.settings
    const name = `${dialect}/${variant}`
    const partCount = partCounts.get(name) ?? buildBodies(event, eventId, dialect, variant, context, bodies)
    partCounts.set(name, partCount)
    if (partCount === 0) skipped.push({ subscriptionId: id, reason: 'not-in-dialect' })
    for (let part = 1; part <= partCount; part += 1) {
      deliveries.push({
        id: createUuidV7(context.now),
        subscriptionId: id,
        dialect,
        variant,
        part,
        partCount,
        orderKey: content.isOrdered && !isPing ? event.repository.uuid : null,
        isPing,
        delayMs: isPing ? 0 : (nextDelayMs(context.schedule, 0, context.random()) ?? 0),
      })
    }
  }
  return { bodies, deliveries, skipped }
}

function buildBodies(
  event: WebhookEvent,
  eventId: string,
  dialectName: string,
  variant: string,
  { site, dialects, caps }: BuildDeliveriesContext,
  bodies: NewBody[],
): number {
  const dialect = dialects.get(dialectName)
  if (dialect === undefined) return 0
  const parts = dialect.build(event, { site, variant, caps: caps.get(dialectName) ?? dialect.defaultCaps })
  for (const [index, bytes] of parts.entries()) {
    bodies.push({ eventId, dialect: dialectName, variant, part: index + 1, bytes })
  }
  return parts.length
}

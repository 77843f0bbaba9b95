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
  /** A promise to wait for, once the process has been kept from other work for too long; else null. */
  readonly endOfLongTurn: () => Promise<void> | null
  /** Called with the size of each body before it is kept; what it throws ends the building. */
  readonly takeBytes: (byteCount: number) => void
}

export interface BuiltDeliveries {
  readonly bodies: readonly NewBody[]
  readonly deliveries: readonly NewDelivery[]
  /** Recipients whose dialect has no body for this event. */
  readonly skipped: readonly SkippedSubscription[]
}

/**
 * Builds each body once, whatever the number of subscriptions, and a delivery per subscription and part. Between parts the rest of the
 * process has its turn.
 */
export async function buildDeliveries(
  event: WebhookEvent,
  eventId: string,
  recipients: readonly SubscriptionRecord[],
  context: BuildDeliveriesContext,
  isPing: boolean,
): Promise<BuiltDeliveries> {
  const bodies: NewBody[] = []
  const deliveries: NewDelivery[] = []
  const skipped: SkippedSubscription[] = []
  const partCounts = new Map<string, number>()
  for (const { id, content } of recipients) {
    const { dialect, variant } = content.settings
    const name = `${dialect}/${variant}`
    const partCount =
      partCounts.get(name) ?? (await buildBodies(event, eventId, dialect, variant, context, bodies))
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

async function buildBodies(
  event: WebhookEvent,
  eventId: string,
  dialectName: string,
  variant: string,
  { site, dialects, caps, endOfLongTurn, takeBytes }: BuildDeliveriesContext,
  bodies: NewBody[],
): Promise<number> {
  const dialect = dialects.get(dialectName)
  if (dialect === undefined) return 0
  const parts = dialect.build(event, { site, variant, caps: caps.get(dialectName) ?? dialect.defaultCaps })
  let partCount = 0
  await untilShortTurn(endOfLongTurn)
  for (const bytes of parts) {
    if (bytes !== null) {
      takeBytes(bytes.byteLength)
      partCount += 1
      bodies.push({ eventId, dialect: dialectName, variant, part: partCount, bytes })
    }
    await untilShortTurn(endOfLongTurn)
  }
  return partCount
}

/** Asked again after each wait, since a turn is timed from when it is first asked about. */
async function untilShortTurn(endOfLongTurn: BuildDeliveriesContext['endOfLongTurn']): Promise<void> {
  for (let turnEnd = endOfLongTurn(); turnEnd !== null; turnEnd = endOfLongTurn()) await turnEnd
}

import {
  type AppendMatchedOutcome,
  type AppendOutcome,
  type AppendRequest,
  type BodyKey,
  type NewBody,
  type NewDelivery,
  type RememberedMatch,
  type StoredReceipt,
  StoreError,
} from '@posthorn/core'
import { bytesOf, isSet, parseJson } from './database/columns.ts'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'
import { stillMatches } from './subscriptions.ts'

const insertEvent = sql(`
  insert into events (id, key, depth, subject_ids, receipt, created_at, is_idle)
  values (:id, :key, :depth, :subject_ids, :receipt, :now, :is_idle)
  on conflict (id) do nothing
`)

const selectReceipt = sql('select receipt from events where id = :id')

const readOrdered = sql('select is_ordered from subscriptions where id = :id')

const insertBody = sql(`
  insert into bodies (event_seq, dialect, variant, part, created_at, byte_count, bytes)
  values (:event_seq, :dialect, :variant, :part, :now, :byte_count, :bytes)
`)

const insertDelivery = sql(`
  insert into deliveries
    (id, event_seq, subscription_id, dialect, variant, part, part_count, is_ping, rank, order_key, created_at, due_at)
  values
    (:id, :event_seq, :subscription_id, :dialect, :variant, :part, :part_count, :is_ping, :rank, :order_key, :now, :due_at)
`)

const readBytes = sql(`
  select b.bytes from events e
  join bodies b on b.event_seq = e.seq
  where e.id = :event_id and b.dialect = :dialect and b.variant = :variant and b.part = :part
`)

/** @throws {StoreError} `store.failed` when a delivery names a body that is not in the request, or its id is taken */
export function append(database: Database, now: number, request: AppendRequest): AppendOutcome {
  const { event, skipped } = request
  const isOrderedById = readSubscriptions(database, request.deliveries)
  const deliveries = request.deliveries.filter(({ subscriptionId }) => isOrderedById.has(subscriptionId))
  const bodies = pickBodies(request, deliveries)
  const receipt: StoredReceipt = {
    eventId: event.id,
    deliveries: deliveries.map(({ id, subscriptionId, part, partCount }) => ({
      id,
      subscriptionId,
      part,
      partCount,
    })),
    skipped,
  }
  const eventSeq = database.insert(insertEvent, {
    id: event.id,
    key: event.key,
    depth: event.depth,
    subject_ids: JSON.stringify(event.subjectIds),
    receipt: JSON.stringify(receipt),
    now,
    is_idle: Number(deliveries.length === 0),
  })
  if (eventSeq === null) return { kind: 'repeated', receipt: receiptOf(database, event.id), storeNow: now }
  for (const body of bodies) writeBody(database, eventSeq, body, now)
  for (const delivery of deliveries)
    writeDelivery(database, eventSeq, delivery, isOrderedById.get(delivery.subscriptionId) === true, now)
  return { kind: 'appended', receipt, storeNow: now }
}

export function appendMatched(
  database: Database,
  now: number,
  request: AppendRequest,
  match: RememberedMatch,
): AppendMatchedOutcome {
  const { id, key } = request.event
  const isCurrent = stillMatches(database, key, match) || readReceipt(database, id) !== null
  return isCurrent ? append(database, now, request) : { kind: 'changed' }
}

export function readReceipt(database: Database, eventId: string): StoredReceipt | null {
  const row = database.get(selectReceipt, { id: eventId })
  return row === undefined ? null : parseJson(row, 'receipt')
}

export function readBodies(database: Database, keys: readonly BodyKey[]): readonly (Uint8Array | null)[] {
  return keys.map(({ eventId, dialect, variant, part }) => {
    const row = database.get(readBytes, { event_id: eventId, dialect, variant, part })
    return row === undefined ? null : bytesOf(row, 'bytes')
  })
}

/** Of those subscriptions that exist, whether they are ordered now. */
function readSubscriptions(
  database: Database,
  deliveries: readonly NewDelivery[],
): ReadonlyMap<string, boolean> {
  const isOrderedById = new Map<string, boolean>()
  for (const { subscriptionId } of deliveries) {
    if (isOrderedById.has(subscriptionId)) continue
    const row = database.get(readOrdered, { id: subscriptionId })
    if (row !== undefined) isOrderedById.set(subscriptionId, isSet(row, 'is_ordered'))
  }
  return isOrderedById
}

/** The bodies that some delivery uses. */
function pickBodies({ event, bodies }: AppendRequest, deliveries: readonly NewDelivery[]): Iterable<NewBody> {
  const given = new Map(bodies.map((body) => [nameOf(body), body]))
  const used = new Map<string, NewBody>()
  for (const delivery of deliveries) {
    const name = nameOf(delivery)
    const body = given.get(name)
    if (body === undefined) throw missingBody(event.id, name)
    used.set(name, body)
  }
  return used.values()
}

function writeBody(database: Database, eventSeq: number, body: NewBody, now: number): void {
  const { dialect, variant, part, bytes } = body
  const byteCount = bytes.byteLength
  database.run(insertBody, { event_seq: eventSeq, dialect, variant, part, now, byte_count: byteCount, bytes })
}

/** The order key is written if the subscription is ordered now, so that a claim need not know; then the row has no rank. */
function writeDelivery(
  database: Database,
  eventSeq: number,
  delivery: NewDelivery,
  isOrdered: boolean,
  now: number,
): void {
  const { id, subscriptionId, dialect, variant, part, partCount, isPing, delayMs } = delivery
  const orderKey = isOrdered && !isPing ? delivery.orderKey : null
  const rank = isPing ? 0 : 1
  database.run(insertDelivery, {
    id,
    event_seq: eventSeq,
    subscription_id: subscriptionId,
    dialect,
    variant,
    part,
    part_count: partCount,
    is_ping: Number(isPing),
    rank: orderKey === null ? rank : null,
    order_key: orderKey,
    now,
    due_at: now + delayMs,
  })
}

function receiptOf(database: Database, eventId: string): StoredReceipt {
  const receipt = readReceipt(database, eventId)
  if (receipt !== null) return receipt
  throw new StoreError({
    code: 'store.corrupt',
    message: `The event ${eventId} is known and has no receipt.`,
  })
}

function nameOf(body: { readonly dialect: string; readonly variant: string; readonly part: number }): string {
  return `${body.dialect}/${body.variant}/${body.part}`
}

function missingBody(eventId: string, name: string): StoreError {
  return new StoreError({
    code: 'store.failed',
    message: `Event ${eventId} has a delivery of the body ${name}, which was not given with it.`,
  })
}

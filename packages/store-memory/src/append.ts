import {
  type AppendMatchedOutcome,
  type AppendOutcome,
  type AppendRequest,
  type BodyKey,
  type NewDelivery,
  type ReceiptDelivery,
  type RememberedMatch,
  type StoredReceipt,
  StoreError,
} from '@posthorn/core'
import { makeRoom, refuseKnownIds } from './bounds.ts'
import type { Data } from './data.ts'
import { addDelivery } from './lifecycle.ts'
import { type BodyRow, type EventRow, toBodyName } from './rows.ts'
import { stillMatches } from './subscriptions.ts'

/** @throws {StoreError} `store.full`, or `store.failed` when a delivery names a body that is not in the request */
export function append(data: Data, request: AppendRequest): AppendOutcome {
  const now = data.clock.now()
  const known = data.events.get(request.event.id)
  if (known !== undefined) return { kind: 'repeated', receipt: known.receipt, storeNow: now }
  const deliveries = request.deliveries.filter(({ subscriptionId }) => data.subscriptions.has(subscriptionId))
  const bytesByName = pickBodies(request, deliveries)
  refuseKnownIds(
    data,
    deliveries.map(({ id }) => id),
  )
  makeRoom(data, deliveries.length, sum(bytesByName.values()))

  data.lastSeq += 1
  const event = toEventRow(data.lastSeq, request, deliveries, now)
  data.events.set(event.id, event)
  for (const [name, bytes] of bytesByName) event.bodies.set(name, toBodyRow(event, name, bytes))
  data.bodyBytes += sum(bytesByName.values())
  for (const delivery of deliveries) addNew(data, event, delivery, now)
  if (event.deliveryCount === 0) data.idleEvents.add(event)
  return { kind: 'appended', receipt: event.receipt, storeNow: now }
}

/** @throws {StoreError} as {@link append} */
export function appendMatched(
  data: Data,
  request: AppendRequest,
  match: RememberedMatch,
): AppendMatchedOutcome {
  const { id, key } = request.event
  return stillMatches(data, key, match) || data.events.has(id) ? append(data, request) : { kind: 'changed' }
}

export function readBodies(data: Data, keys: readonly BodyKey[]): readonly (Uint8Array | null)[] {
  return copyBodies(
    keys.map((key) => data.events.get(key.eventId)?.bodies.get(toBodyName(key))?.bytes ?? null),
  )
}

/** Copies of less than this share a piece of memory, which lives as long as the last of them. */
const maxSharingBytes = 16 * 1024
const pieceBytes = 64 * 1024

/** Small ones in shared pieces of memory: to ask for many small pieces takes several times longer than to fill one. */
export function copyBodies(found: readonly (Uint8Array | null)[]): readonly (Uint8Array | null)[] {
  let piece = new ArrayBuffer(0)
  let end = 0
  return found.map((bytes) => {
    if (bytes === null) return null
    const { byteLength } = bytes
    if (byteLength >= maxSharingBytes) return bytes.slice()
    if (end + byteLength > piece.byteLength) {
      piece = new ArrayBuffer(pieceBytes)
      end = 0
    }
    const copy = new Uint8Array(piece, end, byteLength)
    copy.set(bytes)
    end += byteLength
    return copy
  })
}

/** The bytes of the bodies that some delivery uses. */
function pickBodies(request: AppendRequest, deliveries: readonly NewDelivery[]): Map<string, Uint8Array> {
  const given = new Map(request.bodies.map((body) => [toBodyName(body), body.bytes]))
  const used = new Map<string, Uint8Array>()
  for (const delivery of deliveries) {
    const name = toBodyName(delivery)
    const bytes = given.get(name)
    if (bytes === undefined) throw missingBody(request.event.id, name)
    used.set(name, bytes)
  }
  return used
}

function toEventRow(
  seq: number,
  { event, skipped }: AppendRequest,
  deliveries: readonly NewDelivery[],
  now: number,
): EventRow {
  const receipt: StoredReceipt = Object.freeze({
    eventId: event.id,
    deliveries: Object.freeze(deliveries.map(toReceiptDelivery)),
    skipped: Object.freeze(skipped.map((subscription) => Object.freeze({ ...subscription }))),
  })
  const { id, key, depth } = event
  return { seq, id, key, depth, createdAt: now, receipt, bodies: new Map(), deliveryCount: 0 }
}

function toReceiptDelivery({ id, subscriptionId, part, partCount }: NewDelivery): ReceiptDelivery {
  return Object.freeze({ id, subscriptionId, part, partCount })
}

function toBodyRow(event: EventRow, name: string, bytes: Uint8Array): BodyRow {
  // Not `slice`, which of a Buffer gives a view of the same bytes.
  return { event, name, bytes: new Uint8Array(bytes), deliveryCount: 0, unfinishedCount: 0 }
}

function addNew(data: Data, event: EventRow, delivery: NewDelivery, now: number): void {
  const body = event.bodies.get(toBodyName(delivery))
  const subscription = data.subscriptions.get(delivery.subscriptionId)
  if (body === undefined || subscription === undefined) return
  const { id, subscriptionId, dialect, variant, part, partCount, isPing, delayMs } = delivery
  const isOrdered = subscription.record.content.isOrdered && !isPing
  data.lastSeq += 1
  addDelivery(data, {
    seq: data.lastSeq,
    id,
    event,
    body,
    subscriptionId,
    dialect,
    variant,
    part,
    partCount,
    isPing,
    redeliveryOf: null,
    createdAt: now,
    orderKey: isOrdered ? delivery.orderKey : null,
    dueAt: now + delayMs,
  })
}

function sum(bodies: Iterable<Uint8Array>): number {
  let bytes = 0
  for (const body of bodies) bytes += body.byteLength
  return bytes
}

function missingBody(eventId: string, name: string): StoreError {
  return new StoreError({
    code: 'store.failed',
    message: `Event ${eventId} has a delivery of the body ${name}, which was not given with it.`,
  })
}

import { type FinalReason, type FinalState, isLeaseHeld } from '@posthorn/core'
import type { Data } from './data.ts'
import { Queue } from './queue.ts'
import { type BodyRow, type DeliveryRow, type LeaseRow, type NewDeliveryRow, toDeliveryRow } from './rows.ts'

/**
 * The steps in the life of a delivery, each of which keeps queues, leases, bodies and history in agreement:
 *
 *   addDelivery ─▶ pending ─ takeLease ─▶ leased ─ endLease ─▶ pending
 *                     └───────── finish ─────┴─▶ final ─ forget ─▶ gone
 */
export function addDelivery(data: Data, fields: NewDeliveryRow): void {
  const row = toDeliveryRow(fields)
  data.deliveries.set(row.id, row)
  data.deliveriesByAge.add(row)
  data.unfinishedByAge.add(row)
  row.event.deliveryCount += 1
  row.body.deliveryCount += 1
  row.body.unfinishedCount += 1
  if (row.body.unfinishedCount === 1) data.neededBodyBytes += row.body.bytes?.byteLength ?? 0
  const queue = data.queues.get(row.subscriptionId) ?? new Queue()
  data.queues.set(row.subscriptionId, queue)
  queue.unfinished.add(row)
  putInQueue(data, row)
}

/** Puts a pending delivery in its queue, at the place its due time, its attempts and its order key give it. */
export function putInQueue(data: Data, row: DeliveryRow): void {
  data.queues.get(row.subscriptionId)?.put(row)
  data.queueOrder.add(row.subscriptionId)
}

export function takeLease(data: Data, lease: LeaseRow): void {
  const { row } = lease
  row.lease = lease
  data.leases.set(lease.token, lease)
  data.leasesByEnd.push(lease)
  data.leasesByReach.push(lease)
  const queue = data.queues.get(row.subscriptionId)
  queue?.lease(row)
  if (queue?.isEmpty === true) data.queueOrder.remove(row.subscriptionId)
  if (row.isPing) return
  if (queue !== undefined) queue.leasedCount += 1
  data.leasedCountByLane.set(lease.lane, (data.leasedCountByLane.get(lease.lane) ?? 0) + 1)
}

/** Gives a lease a new end. */
export function extendLease(data: Data, lease: LeaseRow, leaseMs: number, now: number): void {
  const extended = { ...lease, leaseMs, leasedUntil: now + leaseMs }
  removeLease(data, lease)
  lease.row.lease = extended
  data.leases.set(lease.token, extended)
  data.leasesByEnd.push(extended)
  data.leasesByReach.push(extended)
}

/** Ends a lease; the delivery is in no queue until it is put there. */
export function endLease(data: Data, lease: LeaseRow): void {
  const { row } = lease
  removeLease(data, lease)
  row.lease = null
  if (row.isPing) return
  const queue = data.queues.get(row.subscriptionId)
  if (queue !== undefined) queue.leasedCount -= 1
  const leasedCount = (data.leasedCountByLane.get(lease.lane) ?? 0) - 1
  if (leasedCount > 0) data.leasedCountByLane.set(lease.lane, leasedCount)
  else data.leasedCountByLane.delete(lease.lane)
}

/** The lease behind a token, if it still holds. */
export function heldLease(data: Data, token: string, now: number): LeaseRow | undefined {
  const lease = data.leases.get(token)
  return lease !== undefined && isLeaseHeld(lease, now) ? lease : undefined
}

export function isLeased(row: DeliveryRow, now: number): boolean {
  return row.lease !== null && isLeaseHeld(row.lease, now)
}

/** Ends an unfinished delivery, whether it is pending or leased. */
export function finish(
  data: Data,
  row: DeliveryRow,
  end: { readonly state: FinalState; readonly reason: FinalReason | null },
  now: number,
): void {
  if (row.lease !== null) endLease(data, row.lease)
  const queue = data.queues.get(row.subscriptionId)
  queue?.remove(row)
  queue?.unfinished.delete(row)
  if (queue?.isEmpty === true) data.queueOrder.remove(row.subscriptionId)
  if (queue?.unfinished.size === 0) data.queues.delete(row.subscriptionId)
  row.orderKey = null
  row.state = end.state
  row.reason = end.reason
  row.finishedAt = now
  data.unfinishedByAge.remove(row)
  data.finishedByAge.add(row)
  row.body.unfinishedCount -= 1
  if (row.body.unfinishedCount === 0) data.neededBodyBytes -= row.body.bytes?.byteLength ?? 0
  while (data.finishedByAge.size > data.bounds.maxFinishedDeliveries) forgetOldest(data)
}

/** Removes the delivery that finished first, and its body if nothing else uses it. False if there is none. */
export function forgetOldest(data: Data): boolean {
  const row = data.finishedByAge.first()
  if (row === undefined) return false
  data.finishedByAge.remove(row)
  data.deliveries.delete(row.id)
  data.deliveriesByAge.remove(row)
  row.event.deliveryCount -= 1
  row.body.deliveryCount -= 1
  if (row.body.deliveryCount === 0) dropBody(data, row.body)
  if (row.event.deliveryCount === 0) data.idleEvents.add(row.event)
  return true
}

/** Removes the oldest event without deliveries, so that its id is no longer known. False if there is none. */
export function forgetOldestEvent(data: Data): boolean {
  const event = data.idleEvents.first()
  if (event === undefined) return false
  data.idleEvents.remove(event)
  return data.events.delete(event.id)
}

/** Removes the bytes of a body that no unfinished delivery needs. */
export function dropBody(data: Data, body: BodyRow): void {
  body.event.bodies.delete(body.name)
  data.bodyBytes -= body.bytes?.byteLength ?? 0
  body.bytes = null
}

function removeLease(data: Data, lease: LeaseRow): void {
  data.leases.delete(lease.token)
  data.leasesByEnd.remove(lease)
  data.leasesByReach.remove(lease)
}

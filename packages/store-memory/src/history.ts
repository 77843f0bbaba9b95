import {
  type Attempt,
  type Delivery,
  type DeliveryFilter,
  type DeliveryPage,
  type DeliveryState,
  laneScope,
  type PageRequest,
  parsePageCursor,
  StoreError,
  subscriptionScope,
  toPageCursor,
} from '@posthorn/core'
import type { Data } from './data.ts'
import { isLeased } from './lifecycle.ts'
import { isParked, isStopped } from './queue-turn.ts'
import { type DeliveryRow, toDelivery } from './rows.ts'
import type { TimelinePlace } from './timeline.ts'

export function getDeliveries(data: Data, ids: readonly string[]): readonly Delivery[] {
  const now = data.clock.now()
  return ids.flatMap((id) => {
    const row = data.deliveries.get(id)
    return row === undefined ? [] : toDelivery(row, stateOf(data, row, now))
  })
}

export function listDeliveries(data: Data, filter: DeliveryFilter, page: PageRequest): DeliveryPage {
  const now = data.clock.now()
  const found: DeliveryRow[] = []
  for (const row of data.deliveriesByAge.newestFirst(parseCursor(page.cursor))) {
    if (filter.since !== undefined && row.createdAt < filter.since) break
    if (!passes(row, filter)) continue
    found.push(row)
    if (found.length > page.maxCount) break
  }
  const shown = found.slice(0, page.maxCount)
  const last = shown.at(-1)
  return {
    deliveries: shown.map((row) => toDelivery(row, stateOf(data, row, now))),
    next: found.length > shown.length && last !== undefined ? toPageCursor(last) : null,
    storeNow: now,
  }
}

export function listAttempts(data: Data, deliveryId: string): readonly Attempt[] {
  return [...(data.deliveries.get(deliveryId)?.attempts ?? [])]
}

/** How a delivery reads now. A lease that is over reads as no lease. */
export function stateOf(data: Data, row: DeliveryRow, now: number): DeliveryState {
  if (row.state !== 'unfinished') return row.state
  if (isLeased(row, now)) return 'leased'
  return !row.isPing && isHeldBack(data, row.subscriptionId, now) ? 'parked' : 'pending'
}

function isHeldBack(data: Data, subscriptionId: string, now: number): boolean {
  const content = data.subscriptions.get(subscriptionId)?.record.content
  if (content === undefined) return false
  const scopes = [subscriptionScope(subscriptionId), laneScope(content.lane)]
  return isStopped(content) || scopes.some((scope) => isParked(data.health.get(scope), now))
}

function passes(row: DeliveryRow, { subscriptionId, eventId, states }: DeliveryFilter): boolean {
  return (
    (subscriptionId === undefined || row.subscriptionId === subscriptionId) &&
    (eventId === undefined || row.event.id === eventId) &&
    (states === undefined || states.includes(row.state))
  )
}

function parseCursor(cursor: string | null): TimelinePlace | null {
  if (cursor === null) return null
  const place = parsePageCursor(cursor)
  if (place === null)
    throw new StoreError({ code: 'store.failed', message: 'The cursor is that of no page.' })
  return { at: place.createdAt, seq: place.seq }
}

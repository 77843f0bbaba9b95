import {
  type DueAnswer,
  formatDueCursor,
  laneScope,
  maxOrderKeysPerClaim,
  maxQueuesPerClaim,
  parseDueCursor,
  type SubscriptionRecord,
  subscriptionScope,
} from '@posthorn/core'
import type { Data } from './data.ts'
import { firstOver } from './leases.ts'
import type { Queue } from './queue.ts'
import { isParked, isStopped } from './queue-turn.ts'
import type { DeliveryRow } from './rows.ts'

const due: DueAnswer = { dueInMs: 0, cursor: null }

/** How long until something can be claimed. Reads the head of each queue behind the cursor, and ends early when one is due. */
export function nextDue(data: Data, cursor: string | null): DueAnswer {
  const now = data.clock.now()
  if (firstOver(data, now) !== undefined) return due
  // A lease that ends may also free a slot, or let the next one in an order go.
  let soonest = earliest([data.leasesByEnd.first()?.leasedUntil])
  const begin = cursor === null ? null : parseDueCursor(cursor)
  let last = begin?.subscriptionId ?? null
  const keys: KeysToVisit = { after: begin?.orderKey ?? null, leftCount: maxOrderKeysPerClaim }
  for (let visitedCount = 0; visitedCount < maxQueuesPerClaim; visitedCount += 1) {
    // The queue that the last call left in the midst of its order keys, then those behind it.
    const id = keys.after === null ? data.queueOrder.after(last) : (last ?? undefined)
    if (id === undefined) return { dueInMs: msUntil(soonest, now), cursor: null }
    last = id
    const queue = data.queues.get(id)
    const subscription = data.subscriptions.get(id)?.record
    if (queue !== undefined && subscription !== undefined) {
      soonest = earliest([soonest, claimableAt(data, queue, subscription, { now, keys })])
      if (soonest !== undefined && soonest <= now) return due
      if (keys.leftCount <= 0) {
        const next = { subscriptionId: id, orderKey: keys.after }
        return { dueInMs: msUntil(soonest, now), cursor: formatDueCursor(next) }
      }
    }
    keys.after = null
  }
  return { dueInMs: msUntil(soonest, now), cursor: data.queueOrder.after(last) === undefined ? null : last }
}

/** The order keys that one call may still visit. */
interface KeysToVisit {
  /** The one visited last in the queue that is visited; null: none. */
  after: string | null
  leftCount: number
}

function msUntil(soonest: number | undefined, now: number): number | null {
  return soonest === undefined ? null : soonest - now
}

function claimableAt(
  data: Data,
  queue: Queue,
  { id, content }: SubscriptionRecord,
  { now, keys }: { readonly now: number; readonly keys: KeysToVisit },
): number | undefined {
  const pingAt = queue.pings.first()?.dueAt
  if (isStopped(content)) return pingAt
  const scopes = [data.health.get(subscriptionScope(id)), data.health.get(laneScope(content.lane))]
  const leasedCounts = [queue.leasedCount, data.leasedCountByLane.get(content.lane) ?? 0]
  const isFull = scopes.some(
    (health, place) => (health?.maxLeasedCount ?? Infinity) <= (leasedCounts[place] ?? 0),
  )
  if (isFull) return pingAt
  const parkedUntil = scopes.map((health) => (isParked(health, now) ? (health?.parkedUntil ?? now) : now))
  const dueAt = earliest([
    queue.firstAttempts.first()?.dueAt,
    queue.retries.first()?.dueAt,
    ...orderedDueAt(queue, keys),
  ])
  return earliest([pingAt, dueAt === undefined ? undefined : Math.max(dueAt, ...parkedUntil)])
}

function* orderedDueAt(queue: Queue, keys: KeysToVisit): Generator<number> {
  for (let key = queue.orderKeys.after(keys.after); key !== undefined; key = queue.orderKeys.after(key)) {
    const head: DeliveryRow | undefined = queue.headOf(key)
    if (head !== undefined && head.lease === null) yield head.dueAt
    keys.after = key
    keys.leftCount -= 1
    if (keys.leftCount <= 0) return
  }
}

function earliest(instants: Iterable<number | undefined>): number | undefined {
  let found: number | undefined
  for (const at of instants) if (at !== undefined && (found === undefined || at < found)) found = at
  return found
}

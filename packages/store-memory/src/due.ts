import {
  type DueAnswer,
  laneScope,
  maxQueuesPerClaim,
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
  let last = cursor
  for (let visitedCount = 0; visitedCount < maxQueuesPerClaim; visitedCount += 1) {
    const id = data.queueOrder.after(last)
    if (id === undefined) return { dueInMs: msUntil(soonest, now), cursor: null }
    last = id
    const queue = data.queues.get(id)
    const subscription = data.subscriptions.get(id)?.record
    if (queue === undefined || subscription === undefined) continue
    soonest = earliest([soonest, claimableAt(data, queue, subscription, now)])
    if (soonest !== undefined && soonest <= now) return due
  }
  return { dueInMs: msUntil(soonest, now), cursor: data.queueOrder.after(last) === undefined ? null : last }
}

function msUntil(soonest: number | undefined, now: number): number | null {
  return soonest === undefined ? null : soonest - now
}

function claimableAt(
  data: Data,
  queue: Queue,
  { id, content }: SubscriptionRecord,
  now: number,
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
    ...orderedDueAt(queue),
  ])
  return earliest([pingAt, dueAt === undefined ? undefined : Math.max(dueAt, ...parkedUntil)])
}

function* orderedDueAt(queue: Queue): Generator<number> {
  for (const orderKey of queue.orderKeys.values()) {
    const head: DeliveryRow | undefined = queue.headOf(orderKey)
    if (head !== undefined && head.lease === null) yield head.dueAt
  }
}

function earliest(instants: Iterable<number | undefined>): number | undefined {
  let found: number | undefined
  for (const at of instants) if (at !== undefined && (found === undefined || at < found)) found = at
  return found
}

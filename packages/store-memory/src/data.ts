import type { Clock, HealthRecord, HealthScope } from '@posthorn/core'
import { Heap } from './heap.ts'
import type { MemoryBounds } from './options.ts'
import type { Queue } from './queue.ts'
import type { DeliveryRow, EventRow, LeaseRow, SubscriptionRow } from './rows.ts'
import { SortedKeys } from './sorted-keys.ts'
import { Timeline } from './timeline.ts'
import { WakeBoard } from './wake.ts'

/** Everything a memory store holds. All handles of one store share it, and every operation on it is one synchronous step. */
export interface Data {
  readonly clock: Clock
  readonly bounds: MemoryBounds
  readonly wakes: WakeBoard
  /** Numbers subscriptions, events and deliveries in the order they are written. */
  lastSeq: number

  readonly subscriptions: Map<string, SubscriptionRow>
  readonly subscriptionsBySubject: Map<string, Set<SubscriptionRow>>
  readonly subscriptionsByLane: Map<string, Set<SubscriptionRow>>
  readonly disabledIds: SortedKeys
  readonly health: Map<HealthScope, HealthRecord>

  readonly events: Map<string, EventRow>
  /** Those whose deliveries are all gone, which is for good: a copy needs one to be made from. */
  readonly idleEvents: Timeline<EventRow>
  bodyBytes: number
  /** Bytes of the bodies that unfinished deliveries need. */
  neededBodyBytes: number

  readonly deliveries: Map<string, DeliveryRow>
  readonly deliveriesByAge: Timeline<DeliveryRow>
  /** Of the subscriptions with unfinished deliveries. */
  readonly queues: Map<string, Queue>
  /** The subscriptions with something that waits, in the order of their ids. */
  readonly queueOrder: SortedKeys
  readonly unfinishedByAge: Timeline<DeliveryRow>
  readonly finishedByAge: Timeline<DeliveryRow>

  readonly leases: Map<string, LeaseRow>
  readonly leasesByEnd: Heap<LeaseRow>
  /** Those first that a clock set back makes void; see `isLeaseHeld` of core. */
  readonly leasesByReach: Heap<LeaseRow>
  readonly leasedCountByLane: Map<string, number>
}

export function createData(bounds: MemoryBounds, clock: Clock): Data {
  return {
    clock,
    bounds,
    wakes: new WakeBoard(),
    lastSeq: 0,
    subscriptions: new Map(),
    subscriptionsBySubject: new Map(),
    subscriptionsByLane: new Map(),
    disabledIds: new SortedKeys(),
    health: new Map(),
    events: new Map(),
    idleEvents: new Timeline((event) => event.createdAt),
    bodyBytes: 0,
    neededBodyBytes: 0,
    deliveries: new Map(),
    deliveriesByAge: new Timeline((row) => row.createdAt),
    queues: new Map(),
    queueOrder: new SortedKeys(),
    unfinishedByAge: new Timeline((row) => row.createdAt),
    finishedByAge: new Timeline((row) => row.finishedAt ?? 0),
    leases: new Map(),
    leasesByEnd: new Heap((one, other) => one.leasedUntil < other.leasedUntil),
    leasesByReach: new Heap((one, other) => reachOf(one) > reachOf(other)),
    leasedCountByLane: new Map(),
  }
}

/** The earliest reading of the clock at which the lease still holds. */
function reachOf(lease: LeaseRow): number {
  return lease.leasedUntil - 2 * lease.leaseMs
}

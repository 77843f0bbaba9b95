import type { AttemptRecord } from '../delivery/attempt.ts'
import type { FinalReason, FinalState } from '../delivery/delivery.ts'
import type { EventKey } from '../event/event-key.ts'
import type { BodyKey } from './append.ts'
import type { HealthRecord } from './health-record.ts'
import type { SubscriptionRecord } from './subscription-record.ts'

/** How many queues one claim may visit; behind them its cursor goes on. */
export const maxQueuesPerClaim = 1_000

/** How many order keys of one queue one claim may visit; the next claim goes on behind them. */
export const maxOrderKeysPerQueue = 100

/** How many order keys one claim, or one look for what is due next, may visit in all queues; the queue that reaches it is the last one visited. */
export const maxOrderKeysPerClaim = 1_000

/** Asks for as much work as there is room for. */
export interface ClaimRequest {
  /** Names the claiming process, for people who read the store. */
  readonly owner: string
  readonly leaseMs: number
  /** All in all. */
  readonly maxCount: number
  /** How many of them may have been attempted before, without pings. */
  readonly maxRetries: number
  /** Of each queue that `roomBySubscription` does not name. Pings do not go by either. */
  readonly maxPerSubscription: number
  /** What other queues may give, 0 included. */
  readonly roomBySubscription: ReadonlyMap<string, number>
  /** Room in every lane that `roomByLane` does not name. */
  readonly defaultRoom: number
  readonly roomByLane: ReadonlyMap<string, number>
  /**
   * How many of `maxCount` may go to restrained queues: those whose own health has a `maxLeasedCount`, since they time out, are probed
   * or catch up.
   */
  readonly maxRestrained: number
  /** Room for those in every lane that `restrainedRoomByLane` does not name. */
  readonly defaultRestrainedRoom: number
  readonly restrainedRoomByLane: ReadonlyMap<string, number>
  /** How many of `maxCount` may be pings, which go by none of the bounds for restrained queues, retries or a subscription. */
  readonly maxPings: number
  /** Room for pings in every lane that `pingRoomByLane` does not name. */
  readonly defaultPingRoom: number
  readonly pingRoomByLane: ReadonlyMap<string, number>
  /** Where the last claim left off; null to begin with the first queue. */
  readonly cursor: string | null
  /** Visit these queues and no others, in this order, and go by no cursor; null: all queues, from the cursor on. */
  readonly only: readonly string[] | null
}

/** What was leased. */
export interface ClaimAnswer {
  readonly storeNow: number
  readonly deliveries: readonly ClaimedDelivery[]
  /** The health of the subscriptions and lanes of `deliveries`, where there is any. */
  readonly health: readonly HealthRecord[]
  /** For the next claim; null when the last queue was visited, though nothing may have come of it, and for a claim of some queues only. */
  readonly cursor: string | null
  /**
   * Queues with order keys behind the last one visited: a claim of these only may find what this one could not. Asked so again and
   * again, each of them is missing at the latest when its last key was passed.
   */
  readonly queuesWithMoreKeys: readonly string[]
}

/** When some queues can be claimed from. */
export interface DueAnswer {
  /** How long until then; 0 as soon as one can, null if nothing in them waits for time. */
  readonly dueInMs: number | null
  /** For the next call, and for nothing else; null when the last queue was visited, or one is due. */
  readonly cursor: string | null
}

/** A delivery under lease, with all that an attempt needs. What several share, they share as one object. */
export interface ClaimedDelivery {
  /** Proof of the lease; fresh with every claim. */
  readonly token: string
  readonly deliveryId: string
  readonly body: BodyKey
  /** The bytes of the body; null if they are no longer stored. */
  readonly bytes: Uint8Array | null
  readonly eventKey: EventKey
  readonly depth: number
  readonly subscriptionId: string
  /** As it was when claimed. */
  readonly subscription: SubscriptionRecord
  readonly lane: string
  readonly isPing: boolean
  /** Whether it keeps its place in an order, and may have to be set aside. */
  readonly isOrdered: boolean
  /** Counts recorded attempts, from 1: the number of the attempt to come. */
  readonly attemptNumber: number
  /** How many attempts used up a step of the schedule so far. */
  readonly countedAttemptCount: number
  readonly createdAt: number
  readonly dueAt: number
}

/** The end of an attempt. */
export interface Settlement {
  readonly token: string
  readonly attempt: AttemptRecord
  /** Whether the attempt used up a step of the schedule. */
  readonly isCounted: boolean
  readonly next: SettlementNext
}

/** Where a delivery goes after an attempt. Delays count from now. */
export type SettlementNext =
  | { readonly kind: 'final'; readonly state: FinalState; readonly reason: FinalReason | null }
  /** Back into its queue. `isSetAside`: in an ordered queue it gives up its place, and holds nobody up from now on. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly isSetAside: boolean }
  /** A quick retry follows: recorded, and the lease kept. */
  | { readonly kind: 'hold'; readonly leaseMs: number }
  /** Back into its queue without having used up a step of the schedule. */
  | { readonly kind: 'release'; readonly delayMs: number }

/** `lease-lost`: the lease had ended or was taken over; nothing was recorded. */
export type SettleOutcome = 'settled' | 'lease-lost'

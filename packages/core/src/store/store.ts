import type { Clock } from '../clock.ts'
import type { Attempt } from '../delivery/attempt.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { EventKey } from '../event/event-key.ts'
import type { SubjectRef } from '../subject.ts'
import type {
  AppendMatchedOutcome,
  AppendOutcome,
  AppendRequest,
  BodyKey,
  RememberedMatch,
  StoredReceipt,
} from './append.ts'
import type { ClaimAnswer, ClaimRequest, DueAnswer, Settlement, SettleOutcome } from './claim.ts'
import type { HealthOutcome, HealthRecord, HealthScope, HealthUpdate } from './health-record.ts'
import type {
  CancelOutcome,
  CopyOutcome,
  CopyRequest,
  DeliveryFilter,
  DeliveryPage,
  PageRequest,
  StoreStats,
} from './history.ts'
import type { MendAnswer, MendRequest, MendTimesRequest } from './mend.ts'
import type { EndedDelivery, PruneRequest, TrimAnswer } from './retention.ts'
import type {
  CreateOutcome,
  DeleteOutcome,
  SubscriptionContent,
  SubscriptionLimit,
  SubscriptionRecord,
  UpdateOutcome,
} from './subscription-record.ts'

/**
 * Where subscriptions, events, bodies, deliveries and attempts live. `docs/store-port.md` tells the whole contract, with the
 * SQL of each method; the contract suite in `test/kit` proves an adapter.
 *
 * @typeParam Transaction the host's transaction that {@link StoreHandle.append} can join; `never` where there is none
 */
export interface Store<Transaction = never> {
  /** Opens the data. Several handles on the same data, in one process or in many, see one another's writes. */
  open(options: StoreOpenOptions): Promise<StoreHandle<Transaction>>
}

/** What the emitter gives every store. */
export interface StoreOpenOptions {
  /** The clock of a store that has none of its own. */
  readonly clock: Clock
}

/**
 * An open store. Rules that hold for every method:
 * batches are the unit, and the members of a batch succeed or fail each for itself; callers pass durations, never instants;
 * whatever comes back holds readings of the store's own clock; a method that rejects has changed nothing.
 */
export interface StoreHandle<Transaction = never> {
  /**
   * Writes a subscription unless its subject already has `limit.maxCount` in `limit.group`; atomic over all processes. An id that
   * exists gives what stands there, so that a call whose answer was lost can be made again.
   */
  createSubscription(subscription: NewSubscription, limit: SubscriptionLimit): Promise<CreateOutcome>
  /** Replaces the content if the version is still `expectedVersion`; `limit` is checked again only if the group changes. */
  updateSubscription(
    id: string,
    expectedVersion: number,
    content: SubscriptionContent,
    limit: SubscriptionLimit,
  ): Promise<UpdateOutcome>
  /** Removes subscriptions with their health, and cancels what is unfinished in their queues, in one transaction. Unknown ids are left out of the answer. */
  deleteSubscriptions(ids: readonly string[]): Promise<readonly DeleteOutcome[]>
  /** Those that exist, in no particular order. */
  getSubscriptions(ids: readonly string[]): Promise<readonly SubscriptionRecord[]>
  /** All of a subject, oldest first. */
  listSubscriptions(subject: SubjectRef): Promise<readonly SubscriptionRecord[]>
  /** How many subscriptions share a lane. */
  countSubscriptions(lane: string): Promise<number>
  /** All subscriptions on these subjects that ask for this event, inactive ones included, oldest first. */
  match(
    subjects: readonly SubjectRef[],
    key: EventKey,
    transaction?: Transaction,
  ): Promise<readonly SubscriptionRecord[]>

  /** Writes an event with its bodies and deliveries, all or nothing; gives the first receipt back if the event is known. */
  append(request: AppendRequest, transaction?: Transaction): Promise<AppendOutcome>
  /**
   * As `append`, provided that `match` would still give what it gave, which saves an emitter from asking first. An event that is known
   * gives its first receipt all the same.
   */
  appendMatched(request: AppendRequest, match: RememberedMatch): Promise<AppendMatchedOutcome>
  /** The receipt of an event that is known, or null. */
  readReceipt(eventId: string): Promise<StoredReceipt | null>
  /** The bytes of those that are still stored, in the order asked; null for each that is not. */
  readBodies(keys: readonly BodyKey[]): Promise<readonly (Uint8Array | null)[]>

  /** Leases due deliveries, the heads of the queues in turn. */
  claim(request: ClaimRequest): Promise<ClaimAnswer>
  /** Extends leases; the answer lists the tokens whose lease was already lost. */
  renew(tokens: readonly string[], leaseMs: number): Promise<readonly string[]>
  /** Records attempts and moves their deliveries on, each if its lease still holds. In the order given. */
  settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]>
  /** Gives back what was claimed and never sent; nothing is recorded, and it is due at once, also after the clock was set back. */
  release(tokens: readonly string[]): Promise<void>

  /** The record, or null if the scope never failed. */
  readHealth(scope: HealthScope): Promise<HealthRecord | null>
  /** Replaces a record if its version is still `expectedVersion`; 0 means that there is none. */
  compareAndSetHealth(
    scope: HealthScope,
    expectedVersion: number,
    update: HealthUpdate,
  ): Promise<HealthOutcome>

  /**
   * How long until time alone lets something be claimed from one of the queues behind the cursor, at most `maxQueuesPerClaim` of
   * them. May be too early, never too late. {@link nextDueInMs} asks for all queues.
   */
  nextDue(cursor: string | null): Promise<DueAnswer>
  /**
   * Calls back soon after another handle wrote something that may be claimed sooner than this one can know: an append, a copy, an
   * update, better health. A hint; a poll finds the rest. Returns the way to end that.
   */
  onWake(listener: () => void): () => void

  /**
   * Makes due now what waits longer than anything is asked to wait, and ends parkings that last longer: they were written while the
   * clock was ahead. A step of a pass, which begins with `cursor` null and goes on with that of the answer.
   */
  mendWaits(request: MendRequest): Promise<MendAnswer>
  /**
   * Brings to now when deliveries were created and finished, and events and bodies appended, where that lies ahead, so that their ages
   * begin. Does nothing if the oldest subscription lies ahead as well: then it is the clock that is behind. A step of a pass.
   */
  mendTimes(request: MendTimesRequest): Promise<MendAnswer>

  getDeliveries(ids: readonly string[]): Promise<readonly Delivery[]>
  listDeliveries(filter: DeliveryFilter, page: PageRequest): Promise<DeliveryPage>
  /** The recorded attempts of a delivery, first one first; the latest {@link maxAttemptsKept} of them. */
  listAttempts(deliveryId: string): Promise<readonly Attempt[]>
  /** Ends unfinished deliveries as `cancelled` (`by-host`), leased ones too. In the order given. */
  cancelDeliveries(ids: readonly string[]): Promise<readonly CancelOutcome[]>
  /** Makes new deliveries of the bodies of finished ones. In the order given. */
  copyDeliveries(copies: readonly CopyRequest[]): Promise<readonly CopyOutcome[]>

  /** Ends at most `maxCount` unfinished, unleased deliveries older than `maxAgeMs` as `exhausted` (`age`), oldest first. */
  endOverdue(maxAgeMs: number, maxCount: number): Promise<readonly EndedDelivery[]>
  /**
   * Ends at most `maxCount` of the oldest pending deliveries beyond `maxPerSubscription` in queues of disabled subscriptions as
   * `discarded`. Pings do not count. A step of a pass over those subscriptions, which begins with `cursor` null and goes on with
   * that of the answer.
   */
  trimDisabled(maxPerSubscription: number, maxCount: number, cursor: string | null): Promise<TrimAnswer>
  /** Removes old history in one small step of a pass; gives the cursor of the next step, null at the end. */
  prune(request: PruneRequest): Promise<string | null>
  stats(): Promise<StoreStats>

  /** Ends the use of this handle. Leases it took are left to run out. */
  close(): Promise<void>
}

/** A subscription to be written. */
export interface NewSubscription {
  readonly id: string
  readonly subject: SubjectRef
  readonly content: SubscriptionContent
}

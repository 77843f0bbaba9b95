import type {
  Attempt,
  Delivery,
  DeliveryFilter,
  EventKey,
  FinalState,
  OutcomeWord,
  PlacedRepository,
  ReceiptDelivery,
  Repository,
  SkippedSubscription,
  StoreStats,
  SubjectRef,
  Subscription,
  SubscriptionDraft,
  SubscriptionPatch,
  WebhookEvent,
} from '@posthorn/core'
import type { TargetExplanation } from '@posthorn/delivery'
import type { EmitterEvents } from './emitter-events.ts'

/**
 * Emits events to the URLs that subscribed to them. Made by `createEmitter`.
 *
 * @typeParam Transaction the host's transaction that `emit` can join; `never` where the store has none
 */
export interface Emitter<Transaction = never> {
  readonly subscriptions: SubscriptionsFace
  readonly deliveries: DeliveriesFace

  /**
   * Hands an event over for delivery. Resolves once the event, its bodies and deliveries are committed; never waits for the
   * network. A long event is read in several turns of the event loop, so leave its object as it is until then.
   * @throws {PosthornError} `event.invalid`, `event.unknown-key`, `option.invalid`, `option.unknown`, `emitter.role`, `emitter.stopped`,
   *   `store.overloaded`, `store.full`, `store.transaction-unsupported`; nothing was written then. Or what the store fails with
   *   (`store.…`): nothing was written, unless its thread died; see `docs/emitting.md`
   */
  emit(event: WebhookEvent, options?: EmitOptions<Transaction>): Promise<Receipt>
  /** How deep a push has to be read for everyone who hears it; with `any: false` nobody does. */
  interest(repository: PlacedRepository, key: EventKey): Promise<Interest>
  /** For each subscription that could hear the event: whether it does, and if not, why. */
  explain(event: WebhookEvent, options?: ExplainOptions): Promise<readonly SubscriptionExplanation[]>
  /** What the address policy says of a URL, and of every address its name has now. For operators: it shows addresses. */
  explainTarget(url: string): Promise<TargetExplanation>

  /**
   * Sends a test delivery through the very same path: also while the subscription is inactive, disabled or parked; one
   * attempt, no retry. A success closes the breaker.
   * @throws {PosthornError} `subscription.not-found`; `ping.rate-limited` within 5 s of the last one
   */
  ping(
    subscriptionId: string,
    options?: PingOptions & { readonly wait?: false },
  ): Promise<{ readonly deliveryId: string }>
  ping(subscriptionId: string, options: PingOptions & { readonly wait: true }): Promise<PingResult>

  /** Tells the workers that the host committed a transaction in which it had emitted. */
  wake(): void
  /** Counts of the whole store, which are all processes', and of the attempts of this one. */
  stats(): Promise<EmitterStats>

  /**
   * Calls back with every event of this name in this process, after what it tells of has been recorded. A listener that throws, or
   * whose promise rejects, is told of as `listener-error` and disturbs nobody; `idle` waits for its promise.
   * @throws {InvalidInputError} `option.invalid` if there is no event of this name, or the listener is no function
   */
  on<Name extends keyof EmitterEvents>(
    name: Name,
    listener: (event: EmitterEvents[Name]) => void | Promise<void>,
  ): void
  /** Ends what {@link Emitter.on} began with the same function; does nothing if there was none. */
  off<Name extends keyof EmitterEvents>(
    name: Name,
    listener: (event: EmitterEvents[Name]) => void | Promise<void>,
  ): void

  /**
   * Resolves at an instant when this process has no emit, claim, attempt, quick retry, settle or listener running, and its
   * store has nothing due now in a queue that is not parked.
   * @param options `withinMs`: waits also for what falls due within that time
   */
  idle(options?: { readonly withinMs?: number }): Promise<void>
  /**
   * Refuses new emits, waits for those accepted, claims nothing more, and lets running attempts end. Those still running
   * after `timeoutMs` are aborted and go back into their queues without having used up an attempt. Closes what the emitter
   * opened. Calling it again returns the same promise. A store that stalls adds what it lets one call wait at most, with SQLite its
   * `busyTimeoutMs`; what could not be settled by then is delivered again.
   * @param options `timeoutMs` is 10,000 by default
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>
}

/** The subscriptions of an emitter. Every call rejects with `emitter.stopped` once the emitter stops. Secrets are never read back. */
export interface SubscriptionsFace {
  /**
   * @throws {PosthornError} `subscription.…` or `subject.invalid` naming the field and the rule; `subscription.limit-reached` with limit
   *   and count; `secret.unsealable`; nothing was stored
   */
  create(draft: SubscriptionDraft): Promise<Subscription>
  /** Null if there is none. @throws {PosthornError} `secret.unreadable`, `store.corrupt` */
  get(id: string): Promise<Subscription | null>
  /** All of a subject, oldest first; one that cannot be read has a `fault`. */
  list(subject: SubjectRef): Promise<readonly Subscription[]>
  /**
   * Changes the fields that are given. `active: true` also lifts what disabled the subscription; a new URL forgets how the
   * old one was doing.
   * @throws {PosthornError} `subscription.…` naming the field and the rule; `subscription.not-found`, `subscription.limit-reached` where
   *   the dialect changes, `subscription.version-conflict`, `secret.unreadable`, `secret.unsealable`, `store.corrupt`; nothing was changed
   */
  update(id: string, patch: SubscriptionPatch): Promise<Subscription>
  /** Deletes it and cancels what is pending for it. False if there was none. */
  delete(id: string): Promise<boolean>
  /** Deletes all of a subject; resolves with how many there were. */
  deleteAll(subject: SubjectRef): Promise<number>
}

/** The history of deliveries, and what can be done about it. Every call rejects with `emitter.stopped` once the emitter stops. */
export interface DeliveriesFace {
  /** Newest first; 100 per page unless `maxCount` says otherwise. */
  list(
    filter?: DeliveryFilter & DeliveryPaging,
  ): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: string | null }>
  /** Null if there is none. */
  get(id: string): Promise<Delivery | null>
  /** What became of each attempt, first one first. */
  attempts(id: string): Promise<readonly Attempt[]>
  /**
   * Sends the bytes of a finished delivery again, as a new delivery with an id of its own.
   * @throws {PosthornError} `delivery.not-found`, `delivery.not-final`, `delivery.body-expired`, `subscription.not-found`
   */
  redeliver(id: string): Promise<Delivery>
  /** Ends an unfinished delivery. False if it had ended already. @throws {PosthornError} `delivery.not-found` */
  cancel(id: string): Promise<boolean>
  /**
   * Sends exhausted and discarded deliveries again, the oldest first, each as a new delivery; resolves with how many. Of a delivery
   * that was sent again before, only the newest copy counts. Ends early when the store is full: call it again then.
   */
  recover(options: RecoverOptions): Promise<number>
}

/** Which page of {@link DeliveriesFace.list}. */
export interface DeliveryPaging {
  /** From 1 to 1,000. @default 100 */
  readonly maxCount?: number
  /** `next` of the page before. */
  readonly cursor?: string | null
}

/** What {@link DeliveriesFace.recover} sends again. */
export interface RecoverOptions {
  /** Created at or after this reading of the store's clock, in epoch ms. */
  readonly since: number
  readonly subscriptionId?: string
  /** @default 1_000 */
  readonly maxCount?: number
}

/** What an emit is told beside the event. */
export interface EmitOptions<Transaction> {
  /** The host's own transaction to write in; only with a store that has them. */
  readonly transaction?: Transaction
  /**
   * How many deliveries led to this event: the host passes the `X-Posthorn-Depth` of the request that it acted on, plus 1.
   * @default 0
   */
  readonly depth?: number
}

/** What became of an emit. */
export interface Receipt {
  readonly eventId: string
  /** True if an event with this id was emitted before: nothing was written, and the rest is the first receipt. */
  readonly repeated: boolean
  /** False if it was written in a transaction of the host that has yet to be committed. */
  readonly committed: boolean
  readonly deliveries: readonly ReceiptDelivery[]
  readonly skipped: readonly SkippedSubscription[]
}

/** Who hears a push, summed up over the subscriptions of the repository, its project and its workspace. */
export interface Interest {
  readonly any: boolean
  /** Commits per ref update. */
  readonly maxCommits: number
  /** Changed paths per commit; 0: none are wanted. */
  readonly maxChanges: number
  /** Whether a filter goes by changed paths, so that `changedPaths` of each ref update must be read. */
  readonly changedPaths: boolean
  /** Subscriptions that asked for events with this key and get none, whatever they are: `inactive`, `damaged`, `not-in-dialect`. */
  readonly skipped: readonly SkippedSubscription[]
}

/** What {@link Emitter.explain} is told beside the event. */
export interface ExplainOptions {
  /** As it would be given to `emit`. @default 0 */
  readonly depth?: number
}

/** What {@link Emitter.explain} says of one subscription. */
export interface SubscriptionExplanation {
  readonly subscriptionId: string
  readonly matches: boolean
  /** Null if it matches. */
  readonly reason: SkippedSubscription['reason'] | null
}

/** What a ping is made of. */
export interface PingOptions {
  /** What the body says of the repository. @default a placeholder that carries the id of the subscription's subject */
  readonly repository?: Repository
}

/** What a tenant may know of a ping. */
export interface PingResult {
  readonly deliveryId: string
  readonly state: FinalState
  /** Null if it ended before it was sent, as with its subscription. */
  readonly word: OutcomeWord | null
  readonly message: string
  readonly status: number | null
}

/** Counts of the store, and of this process. Ages in ms. */
export interface EmitterStats extends StoreStats {
  /** Attempts running in this process. */
  readonly inFlightCount: number
  /** Attempts of this process since it began, by what became of them. */
  readonly attemptsByWord: Readonly<Partial<Record<OutcomeWord, number>>>
}

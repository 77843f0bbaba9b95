import {
  type AppendOutcome,
  type AppendRequest,
  type Clock,
  createUuidV7,
  type EventKey,
  type PlacedRepository,
  parseEventInTurns,
  parseInteger,
  parseMembers,
  StateError,
  type StoreHandle,
  type SubjectRef,
  type SubscriptionRecord,
  toSubjectChain,
  type WebhookEvent,
} from '@posthorn/core'
import { type Activity, withStoreRetries } from '@posthorn/delivery'
import { type BuildDeliveriesContext, type BuiltDeliveries, buildDeliveries } from './build-deliveries.ts'
import { traceEmit } from './emit-channel.ts'
import { type BodyRoom, createEmitRoom } from './emit-room.ts'
import type { EmitOptions, ExplainOptions, Interest, Receipt, SubscriptionExplanation } from './emitter.ts'
import type { ResolvedOptions } from './emitter-options.ts'
import type { EventLog } from './event-log.ts'
import { parseEventKey, toInterest } from './interest.ts'
import { createMatchMemory } from './match-memory.ts'
import { parsePlacedRepository } from './placed-repository.ts'
import { type RecipientsContext, selectListeners, selectRecipients } from './recipients.ts'
import { createTurnShare } from './turn-share.ts'

export interface EmitContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly options: ResolvedOptions<Transaction>
  readonly activity: Activity
  readonly log: EventLog
  /** Called with the id of a subscription that cannot be read from the store. */
  readonly reportDamaged: (subscriptionId: string) => void
  /** Called when deliveries to these subscriptions were written outside a transaction of the host, at this reading of the store's clock. */
  readonly wake: (subscriptionIds: readonly string[], storeNow: number) => void
}

/** The part of an emitter that turns events into deliveries. */
export interface Emission<Transaction> {
  emit(event: WebhookEvent, options: EmitOptions<Transaction>): Promise<Receipt>
  interest(repository: PlacedRepository, key: EventKey): Promise<Interest>
  explain(event: WebhookEvent, options: ExplainOptions): Promise<readonly SubscriptionExplanation[]>
}

/** Who an event goes to, and what. */
interface EmitPlan extends BuiltDeliveries {
  readonly subscriptions: readonly SubscriptionRecord[]
}

/** Matches an event, builds its bodies, and commits all of it in one go. */
export function createEmission<Transaction>(context: EmitContext<Transaction>): Emission<Transaction> {
  const { store, options, activity, log } = context
  const endOfLongTurn = createTurnShare()
  const recipientsContext: RecipientsContext = { dialects: options.dialects, endOfLongTurn }
  const room = createEmitRoom(options)
  const memory = createMatchMemory()

  async function plan(matches: readonly SubscriptionRecord[], emitted: Emitted): Promise<EmitPlan> {
    const { event, eventId, depth, bodies } = emitted
    const isTooDeep = depth > options.maxDepth
    const { subscriptions, skipped } = await selectRecipients(matches, event, isTooDeep, recipientsContext)
    bodies.empty()
    const toBuildWith = {
      ...buildContext(options, endOfLongTurn),
      takeBytes: (byteCount: number) => bodies.take(byteCount),
    }
    const built = await buildDeliveries(event, eventId, subscriptions, toBuildWith, false)
    return { ...built, subscriptions, skipped: [...skipped, ...built.skipped] }
  }

  /** By what was matched of late; null if that no longer holds, or lets nobody hear of the event. */
  async function emitAsRemembered(emitted: Emitted): Promise<Receipt | null> {
    const { event, chain } = emitted
    const matches = memory.recall(chain, event.key)
    const planned = matches === null ? null : await plan(matches, emitted)
    if (matches === null || planned === null || planned.deliveries.length === 0) return null
    const match = { subjects: chain, subscriptions: matches.map(({ id, version }) => ({ id, version })) }
    const outcome = await retried(() => store.appendMatched(toRequest(emitted, planned), match))
    return outcome.kind === 'changed' ? null : conclude(outcome, planned, true)
  }

  async function emit(emitted: Emitted, transaction?: Transaction): Promise<Receipt> {
    const turnEnd = endOfLongTurn()
    if (turnEnd !== null) await turnEnd
    const committed = transaction === undefined
    const receipt = committed ? await emitAsRemembered(emitted) : null
    if (receipt !== null) return receipt
    const { event, eventId, chain } = emitted
    const matches = await retried(() => store.match(chain, event.key, transaction), committed)
    const planned = await plan(matches, emitted)
    if (planned.deliveries.length === 0) {
      memory.forget(chain, event.key)
      reportDamaged(planned)
      // An id of the host's own may have been emitted when somebody still listened.
      const known = event.id === undefined ? null : await retried(() => store.readReceipt(eventId), committed)
      if (known !== null) return { ...known, repeated: true, committed }
      return { eventId, repeated: false, committed, deliveries: [], skipped: planned.skipped }
    }
    const outcome = await retried(() => store.append(toRequest(emitted, planned), transaction), committed)
    if (committed) memory.keep(chain, event.key, matches)
    return conclude(outcome, planned, committed)
  }

  function conclude(
    { kind, receipt, storeNow }: AppendOutcome,
    planned: EmitPlan,
    committed: boolean,
  ): Receipt {
    reportDamaged(planned)
    if (committed)
      context.wake(
        receipt.deliveries.map(({ subscriptionId }) => subscriptionId),
        storeNow,
      )
    // A try whose answer was lost may have written what the next one finds, but for subscriptions that were deleted by then.
    const written = receipt.deliveries[0]?.id
    const isOurs = planned.deliveries.some(({ id }) => id === written)
    return { ...receipt, repeated: kind === 'repeated' && !isOurs, committed }
  }

  function reportDamaged({ skipped }: EmitPlan): void {
    for (const { subscriptionId, reason } of skipped)
      if (reason === 'damaged') context.reportDamaged(subscriptionId)
  }

  return {
    async emit(input, emitOptions) {
      if (options.role === 'deliver') {
        throw new StateError({
          code: 'emitter.role',
          message: "An emitter with `role: 'deliver'` cannot emit.",
        })
      }
      const depth = parseDepth(parseMembers('', emitOptions, ['transaction', 'depth']).depth)
      const { transaction } = emitOptions
      const event = await parseEventInTurns(input, endOfLongTurn)
      const { key: eventKey, id: eventId = null, repository } = event
      const receipt = await traceEmit({ eventKey, eventId, repositoryId: repository.uuid, depth }, () =>
        room.run((bodies) =>
          activity.during(() => emit(toEmitted(event, depth, bodies, options.clock), transaction)),
        ),
      )
      log.emitted(eventKey, depth, receipt)
      return receipt
    },

    async interest(repository, key) {
      const chain = toSubjectChain({ kind: 'repository', repository: parsePlacedRepository(repository) })
      const known = parseEventKey(key)
      const matches = await retried(() => store.match(chain, known))
      const interest = toInterest(selectListeners(matches, known, options.dialects), known, options)
      // The event follows, once it was read.
      if (interest.any) memory.keep(chain, known, matches)
      return interest
    },

    async explain(input, explainOptions) {
      const depth = parseDepth(parseMembers('', explainOptions, ['depth']).depth)
      const event = await parseEventInTurns(input, endOfLongTurn)
      // Whether a dialect has a body for the event is known when it was built.
      const { subscriptions, skipped } = await room.run(async (bodies) => {
        const emitted = toEmitted(event, depth, bodies, options.clock)
        return plan(await retried(() => store.match(emitted.chain, event.key)), emitted)
      })
      const reasons = new Map(skipped.map(({ subscriptionId, reason }) => [subscriptionId, reason]))
      return [
        ...subscriptions
          .filter(({ id }) => !reasons.has(id))
          .map(({ id }) => ({ subscriptionId: id, matches: true, reason: null })),
        ...Array.from(reasons, ([subscriptionId, reason]) => ({ subscriptionId, matches: false, reason })),
      ]
    },
  }
}

/** An event on its way through an emit. */
interface Emitted {
  readonly event: WebhookEvent
  readonly eventId: string
  /** Where it happened, most specific first. */
  readonly chain: readonly SubjectRef[]
  readonly depth: number
  readonly bodies: BodyRoom
}

function toEmitted(event: WebhookEvent, depth: number, bodies: BodyRoom, clock: Clock): Emitted {
  const chain = toSubjectChain({ kind: 'repository', repository: event.repository })
  return { event, eventId: event.id ?? createUuidV7(clock.now()), chain, depth, bodies }
}

function toRequest({ event, eventId, chain, depth }: Emitted, planned: EmitPlan): AppendRequest {
  return {
    event: { id: eventId, key: event.key, subjectIds: chain.map(({ id }) => id), depth },
    bodies: planned.bodies,
    deliveries: planned.deliveries,
    skipped: planned.skipped,
  }
}

function parseDepth(depth: unknown = 0): number {
  return parseInteger('depth', depth, { min: 0, max: Number.MAX_SAFE_INTEGER })
}

/**
 * A passing error of the store is not the host's concern, unless it broke the transaction that the host began. One that was busy has
 * waited already, for as long as the host lets it.
 */
function retried<Result>(operation: () => Promise<Result>, isOurTransaction = true): Promise<Result> {
  return isOurTransaction ? withStoreRetries(operation, ({ code }) => code !== 'store.busy') : operation()
}

/** What bodies are built with, from the options of an emitter. */
export function buildContext<Transaction>(
  options: ResolvedOptions<Transaction>,
  endOfLongTurn: BuildDeliveriesContext['endOfLongTurn'] = createTurnShare(),
): BuildDeliveriesContext {
  const { site, dialects, caps, schedule, random, clock } = options
  return { site, dialects, caps, schedule, random, now: clock.now(), endOfLongTurn, takeBytes: () => {} }
}

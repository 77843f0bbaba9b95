import {
  createUuidV7,
  type Dialect,
  type EventKey,
  type PlacedRepository,
  parseEvent,
  parseInteger,
  parseMembers,
  StateError,
  type StoreHandle,
  toSubjectChain,
  type WebhookEvent,
} from '@posthorn/core'
import { type Activity, withStoreRetries } from '@posthorn/delivery'
import { type BuildDeliveriesContext, buildDeliveries } from './build-deliveries.ts'
import { traceEmit } from './emit-channel.ts'
import { createEmitRoom } from './emit-room.ts'
import type { EmitOptions, ExplainOptions, Interest, Receipt, SubscriptionExplanation } from './emitter.ts'
import type { ResolvedOptions } from './emitter-options.ts'
import type { EventLog } from './event-log.ts'
import { parsePlacedRepository } from './placed-repository.ts'
import { type Recipients, type RecipientsContext, selectListeners, selectRecipients } from './recipients.ts'
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

/** Matches an event, builds its bodies, and commits all of it in one go. */
export function createEmission<Transaction>(context: EmitContext<Transaction>): Emission<Transaction> {
  const { store, options, activity, log } = context
  const endOfLongTurn = createTurnShare()
  const recipientsContext: RecipientsContext = { dialects: options.dialects, endOfLongTurn }
  const room = createEmitRoom(options)

  async function emit(event: WebhookEvent, depth: number, transaction?: Transaction): Promise<Receipt> {
    const turnEnd = endOfLongTurn()
    if (turnEnd !== null) await turnEnd
    const eventId = event.id ?? createUuidV7(options.clock.now())
    const committed = transaction === undefined
    const chain = toSubjectChain({ kind: 'repository', repository: event.repository })
    const matches = await retried(() => store.match(chain, event.key, transaction), committed)
    const isTooDeep = depth > options.maxDepth
    const { subscriptions, skipped } = await selectRecipients(matches, event, isTooDeep, recipientsContext)
    for (const { subscriptionId, reason } of skipped)
      if (reason === 'damaged') context.reportDamaged(subscriptionId)
    const toBuildWith = buildContext(options, endOfLongTurn)
    const built = await buildDeliveries(event, eventId, subscriptions, toBuildWith, false)
    const allSkipped = [...skipped, ...built.skipped]
    if (built.deliveries.length === 0) {
      // An id of the host's own may have been emitted when somebody still listened.
      const known = event.id === undefined ? null : await retried(() => store.readReceipt(eventId), committed)
      if (known !== null) return { ...known, repeated: true, committed }
      return { eventId, repeated: false, committed, deliveries: [], skipped: allSkipped }
    }
    const request = {
      event: { id: eventId, key: event.key, subjectIds: chain.map(({ id }) => id), depth },
      bodies: built.bodies,
      deliveries: built.deliveries,
      skipped: allSkipped,
    }
    const byteCount = built.bodies.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    const { kind, receipt, storeNow } = await room.write(byteCount, () =>
      retried(() => store.append(request, transaction), committed),
    )
    if (committed)
      context.wake(
        receipt.deliveries.map(({ subscriptionId }) => subscriptionId),
        storeNow,
      )
    // A try whose answer was lost may have written what the next one finds.
    const isOurs = receipt.deliveries[0]?.id === built.deliveries[0]?.id
    return { ...receipt, repeated: kind === 'repeated' && !isOurs, committed }
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
      const event = parseEvent(input)
      const { key: eventKey, id: eventId = null, repository } = event
      const receipt = await traceEmit({ eventKey, eventId, repositoryId: repository.uuid, depth }, () =>
        room.run(() => activity.during(() => emit(event, depth, emitOptions.transaction))),
      )
      log.emitted(eventKey, depth, receipt)
      return receipt
    },

    async interest(repository, key) {
      const matches = await store.match(
        toSubjectChain({ kind: 'repository', repository: parsePlacedRepository(repository) }),
        key,
      )
      return toInterest(selectListeners(matches, key, options.dialects), key, options)
    },

    async explain(input, explainOptions) {
      const depth = parseDepth(parseMembers('', explainOptions, ['depth']).depth)
      const event = parseEvent(input)
      const chain = toSubjectChain({ kind: 'repository', repository: event.repository })
      const matches = await store.match(chain, event.key)
      const isTooDeep = depth > options.maxDepth
      const { subscriptions, skipped } = await selectRecipients(matches, event, isTooDeep, recipientsContext)
      // Whether a dialect has a body for the event is known when it was built.
      const buildWith = buildContext(options, endOfLongTurn)
      const built = await buildDeliveries(event, event.id ?? '', subscriptions, buildWith, false)
      const withoutBody = new Set(built.skipped.map(({ subscriptionId }) => subscriptionId))
      return [
        ...subscriptions
          .filter(({ id }) => !withoutBody.has(id))
          .map(({ id }) => ({ subscriptionId: id, matches: true, reason: null })),
        ...[...skipped, ...built.skipped].map(({ subscriptionId, reason }) => ({
          subscriptionId,
          matches: false,
          reason,
        })),
      ]
    },
  }
}

function parseDepth(depth: unknown = 0): number {
  return parseInteger('depth', depth, { min: 0, max: Number.MAX_SAFE_INTEGER })
}

/**
 * A passing error of the store is not the host's concern, unless it broke the transaction that the host began. One that was busy has
 * waited already, for as long as the host lets it.
 */
function retried<Result>(operation: () => Promise<Result>, isOurTransaction: boolean): Promise<Result> {
  return isOurTransaction ? withStoreRetries(operation, ({ code }) => code !== 'store.busy') : operation()
}

/** What bodies are built with, from the options of an emitter. */
export function buildContext<Transaction>(
  options: ResolvedOptions<Transaction>,
  endOfLongTurn: BuildDeliveriesContext['endOfLongTurn'] = createTurnShare(),
): BuildDeliveriesContext {
  const { site, dialects, caps, schedule, random, clock } = options
  return { site, dialects, caps, schedule, random, now: clock.now(), endOfLongTurn }
}

function toInterest<Transaction>(
  { subscriptions, skipped }: Recipients,
  key: EventKey,
  { dialects, caps }: ResolvedOptions<Transaction>,
): Interest {
  const dialectNames = new Set(subscriptions.map(({ content }) => content.settings.dialect))
  const details = [...dialectNames].flatMap((name) => {
    const dialect: Dialect | undefined = dialects.get(name)
    return dialect === undefined ? [] : [dialect.detail(caps.get(name) ?? dialect.defaultCaps)]
  })
  return {
    any: details.length > 0,
    maxCommits: Math.max(0, ...details.map(({ maxCommits }) => maxCommits)),
    maxChanges: Math.max(0, ...details.map(({ maxChanges }) => maxChanges)),
    changedPaths:
      key === 'repo:push' &&
      subscriptions.some(({ content }) => content.settings.filter?.paths !== undefined),
    skipped,
  }
}

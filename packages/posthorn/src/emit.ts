import {
  createUuidV7,
  type Dialect,
  type EventKey,
  type PlacedRepository,
  parseEvent,
  parseInteger,
  parseUuid,
  StateError,
  StoreError,
  type StoreHandle,
  toSubjectChain,
  type WebhookEvent,
} from '@posthorn/core'
import { type Activity, withStoreRetries } from '@posthorn/delivery'
import { type BuildDeliveriesContext, buildDeliveries } from './build-deliveries.ts'
import { traceEmit } from './emit-channel.ts'
import type { EmitOptions, Interest, Receipt, SubscriptionExplanation } from './emitter.ts'
import type { ResolvedOptions } from './emitter-options.ts'
import type { EventLog } from './event-log.ts'
import { selectRecipients } from './recipients.ts'
import { createTurnShare } from './turn-share.ts'

export interface EmitContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly options: ResolvedOptions<Transaction>
  readonly activity: Activity
  readonly log: EventLog
  /** Called when deliveries to these subscriptions were written outside a transaction of the host, at this reading of the store's clock. */
  readonly wake: (subscriptionIds: readonly string[], storeNow: number) => void
}

/** The part of an emitter that turns events into deliveries. */
export interface Emission<Transaction> {
  emit(event: WebhookEvent, options: EmitOptions<Transaction>): Promise<Receipt>
  interest(repository: PlacedRepository, key: EventKey): Promise<Interest>
  explain(event: WebhookEvent): Promise<readonly SubscriptionExplanation[]>
}

/** Matches an event, builds its bodies, and commits all of it in one go. */
export function createEmission<Transaction>(context: EmitContext<Transaction>): Emission<Transaction> {
  const { store, options, activity, log } = context
  const endOfLongTurn = createTurnShare()
  let waitingCount = 0

  async function emit(event: WebhookEvent, depth: number, transaction?: Transaction): Promise<Receipt> {
    const turnEnd = endOfLongTurn()
    if (turnEnd !== null) await turnEnd
    const eventId = event.id ?? createUuidV7(options.clock.now())
    const committed = transaction === undefined
    const chain = toSubjectChain({ kind: 'repository', repository: event.repository })
    const matches = await retried(() => store.match(chain, event.key, transaction), committed)
    const { subscriptions, skipped } = selectRecipients(
      matches,
      event.key,
      depth > options.maxDepth,
      options.dialects,
    )
    const built = buildDeliveries(event, eventId, subscriptions, buildContext(options), false)
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
    const { kind, receipt, storeNow } = await retried(() => store.append(request, transaction), committed)
    if (committed)
      context.wake(
        receipt.deliveries.map(({ subscriptionId }) => subscriptionId),
        storeNow,
      )
    // A try whose answer was lost may have written what the next one finds.
    const isOurs = receipt.deliveries[0]?.id === built.deliveries[0]?.id
    return { ...receipt, repeated: kind === 'repeated' && !isOurs, committed }
  }

  /** @throws {StoreError} `store.overloaded` */
  async function inTurn(work: () => Promise<Receipt>): Promise<Receipt> {
    if (waitingCount >= options.maxWaitingEmits) {
      throw new StoreError({
        code: 'store.overloaded',
        message: `${waitingCount} emits are waiting for the store, as many as \`maxWaitingEmits\` allows. Emit again later.`,
      })
    }
    waitingCount += 1
    try {
      return await activity.during(work)
    } finally {
      waitingCount -= 1
    }
  }

  return {
    async emit(input, emitOptions) {
      if (options.role === 'deliver') {
        throw new StateError({
          code: 'emitter.role',
          message: "An emitter with `role: 'deliver'` cannot emit.",
        })
      }
      const depth = parseInteger('depth', emitOptions.depth ?? 0, { min: 0, max: Number.MAX_SAFE_INTEGER })
      const event = parseEvent(input)
      const { key: eventKey, id: eventId = null, repository } = event
      const receipt = await traceEmit({ eventKey, eventId, repositoryId: repository.uuid, depth }, () =>
        inTurn(() => emit(event, depth, emitOptions.transaction)),
      )
      log.emitted(eventKey, depth, receipt)
      return receipt
    },

    async interest(repository, key) {
      const matches = await store.match(
        toSubjectChain({ kind: 'repository', repository: normalised(repository) }),
        key,
      )
      const { subscriptions } = selectRecipients(matches, key, false, options.dialects)
      return toInterest(
        subscriptions.map(({ content }) => content.settings.dialect),
        options,
      )
    },

    async explain(input) {
      const event = parseEvent(input)
      const chain = toSubjectChain({ kind: 'repository', repository: event.repository })
      const { subscriptions, skipped } = selectRecipients(
        await store.match(chain, event.key),
        event.key,
        false,
        options.dialects,
      )
      return [
        ...subscriptions.map(({ id }) => ({ subscriptionId: id, matches: true, reason: null })),
        ...skipped.map(({ subscriptionId, reason }) => ({ subscriptionId, matches: false, reason })),
      ]
    },
  }
}

/**
 * A passing error of the store is not the host's concern, unless it broke the transaction that the host began. One that was busy has
 * waited already, for as long as the host lets it.
 */
function retried<Result>(operation: () => Promise<Result>, isOurTransaction: boolean): Promise<Result> {
  return isOurTransaction ? withStoreRetries(operation, ({ code }) => code !== 'store.busy') : operation()
}

/** What bodies are built with, from the options of an emitter. */
export function buildContext<Transaction>(options: ResolvedOptions<Transaction>): BuildDeliveriesContext {
  const { site, dialects, caps, schedule, random, clock } = options
  return { site, dialects, caps, schedule, random, now: clock.now() }
}

function toInterest<Transaction>(
  dialectNames: readonly string[],
  { dialects, caps }: ResolvedOptions<Transaction>,
): Interest {
  const details = [...new Set(dialectNames)].flatMap((name) => {
    const dialect: Dialect | undefined = dialects.get(name)
    return dialect === undefined ? [] : [dialect.detail(caps.get(name) ?? dialect.defaultCaps)]
  })
  return {
    any: details.length > 0,
    maxCommits: Math.max(0, ...details.map(({ maxCommits }) => maxCommits)),
    maxChanges: Math.max(0, ...details.map(({ maxChanges }) => maxChanges)),
    changedPaths: false,
  }
}

function normalised({ uuid, project, workspace }: PlacedRepository): PlacedRepository {
  return {
    uuid: parseUuid(uuid, 'repository.uuid'),
    project: { uuid: parseUuid(project.uuid, 'repository.project.uuid') },
    workspace: { uuid: parseUuid(workspace.uuid, 'repository.workspace.uuid') },
  }
}

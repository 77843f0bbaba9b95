import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AppendRequest,
  createUuidV7,
  type Delivery,
  damagedSubscription,
  type FinalState,
  NotFoundError,
  outcomeWords,
  parseEvent,
  type Repository,
  StateError,
  type StoreHandle,
  type SubjectRef,
  type SubscriptionRecord,
} from '@posthorn/core'
import { type BuildDeliveriesContext, buildDeliveries } from './build-deliveries.ts'
import type { PingOptions, PingResult } from './emitter.ts'
import { checkInterval, createPingTurns } from './ping-turns.ts'

export interface PingContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly buildContext: () => BuildDeliveriesContext
  readonly now: () => number
  readonly wake: (subscriptionIds: readonly string[], storeNow: number) => void
  /** Runs a call of the emitter, unless it is stopping. */
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Throws when the emitter is stopping. */
  readonly checkRunning: () => void
}

/** Deliveries among which the last ping of another process is looked for, the newest ones. */
const maxRecentCount = 100

/** How often a ping that is waited for is looked up, in ms. */
const pollMs = 25

export interface Pinger {
  ping(subscriptionId: string, options: PingOptions): Promise<{ readonly deliveryId: string }>
  pingAndWait(subscriptionId: string, options: PingOptions): Promise<PingResult>
}

/** Test deliveries: an empty push that goes the way of every other delivery, past whatever holds the queue back. */
export function createPinger<Transaction>(context: PingContext<Transaction>): Pinger {
  const { store } = context
  const turns = createPingTurns()

  async function ping(subscriptionId: string, options: PingOptions) {
    const [subscription] = await store.getSubscriptions([subscriptionId])
    if (subscription === undefined) throw noSubscription(subscriptionId)
    if (subscription.isDamaged === true) throw damagedSubscription(subscriptionId)
    const { request, deliveryId } = await buildPing(subscription, options, context)
    turns.take(subscriptionId)
    let storeNow: number
    try {
      await checkOthers(store, subscriptionId)
      const outcome = await store.append(request)
      storeNow = outcome.storeNow
      // The subscription may have been deleted meanwhile.
      if (outcome.receipt.deliveries.length === 0) throw noSubscription(subscriptionId)
    } catch (error) {
      turns.giveBack(subscriptionId)
      throw error
    }
    context.wake([subscriptionId], storeNow)
    return { deliveryId }
  }

  return {
    ping: (subscriptionId, options) => context.run(() => ping(subscriptionId, options)),
    async pingAndWait(subscriptionId, options) {
      const { deliveryId } = await context.run(() => ping(subscriptionId, options))
      let delivery = await readFinal(store, deliveryId)
      while (delivery === null) {
        await sleep(pollMs)
        context.checkRunning()
        delivery = await readFinal(store, deliveryId)
      }
      return toResult(store, delivery)
    },
  }
}

/**
 * Pings that other emitters made, also in other processes, by what the store remembers.
 * @throws {StateError} `ping.rate-limited`
 */
async function checkOthers<Transaction>(
  store: StoreHandle<Transaction>,
  subscriptionId: string,
): Promise<void> {
  const page = { maxCount: maxRecentCount, cursor: null }
  const { deliveries, storeNow } = await store.listDeliveries({ subscriptionId }, page)
  const last = deliveries.find(({ isPing }) => isPing)
  if (last !== undefined) checkInterval(subscriptionId, storeNow - last.createdAt)
}

function noSubscription(id: string): NotFoundError {
  return new NotFoundError({
    code: 'subscription.not-found',
    id,
    message: `There is no subscription with the id ${id}.`,
  })
}

/** An empty push, as one delivery to one subscription. */
async function buildPing<Transaction>(
  subscription: SubscriptionRecord,
  options: PingOptions,
  context: PingContext<Transaction>,
): Promise<{ readonly request: AppendRequest; readonly deliveryId: string }> {
  const eventId = createUuidV7(context.now())
  const event = parseEvent({
    key: 'repo:push',
    repository: options.repository ?? placeholderRepository(subscription.subject),
    actor: null,
    refUpdates: [],
  })
  const { bodies, deliveries } = await buildDeliveries(
    event,
    eventId,
    [subscription],
    context.buildContext(),
    true,
  )
  const [delivery] = deliveries
  if (delivery === undefined) {
    throw new StateError({
      code: 'subscription.dialect-unknown',
      message: `The dialect ${subscription.content.settings.dialect} of the subscription is not known to this emitter.`,
    })
  }
  const stored = { id: eventId, key: event.key, subjectIds: [subscription.subject.id], depth: 0 }
  return { request: { event: stored, bodies, deliveries, skipped: [] }, deliveryId: delivery.id }
}

type FinalDelivery = Delivery & { readonly state: FinalState }

async function readFinal<Transaction>(
  store: StoreHandle<Transaction>,
  id: string,
): Promise<FinalDelivery | null> {
  const [delivery] = await store.getDeliveries([id])
  if (delivery === undefined) {
    throw new NotFoundError({
      code: 'delivery.not-found',
      id,
      message: `The delivery ${id} vanished while it was waited for.`,
    })
  }
  const { state } = delivery
  return state === 'pending' || state === 'parked' || state === 'leased' ? null : { ...delivery, state }
}

async function toResult<Transaction>(
  store: StoreHandle<Transaction>,
  { id, state }: FinalDelivery,
): Promise<PingResult> {
  const outcome = (await store.listAttempts(id)).at(-1)?.outcome
  return {
    deliveryId: id,
    state,
    word: outcome?.word ?? null,
    message: outcome === undefined ? 'It ended before it was sent.' : outcomeWords[outcome.word],
    status: outcome?.kind === 'answered' ? outcome.status : null,
  }
}

/** Stands in for a repository that the host does not name: all that is known is the subject of the subscription. */
function placeholderRepository({ id }: SubjectRef): Repository {
  const owner = { uuid: id, id: 0, name: 'ping', displayName: 'Ping' }
  return {
    uuid: id,
    id: 0,
    slug: 'ping',
    name: 'ping',
    isPrivate: true,
    owner,
    workspace: { uuid: id, slug: 'ping', name: 'Ping' },
    project: { uuid: id, id: 0, key: 'PING', name: 'Ping' },
  }
}

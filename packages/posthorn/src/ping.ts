import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createUuidV7,
  type Delivery,
  type FinalState,
  NotFoundError,
  outcomeWords,
  type Repository,
  StateError,
  type StoreHandle,
  type SubjectRef,
  type WebhookEvent,
} from '@posthorn/core'
import { type BuildDeliveriesContext, buildDeliveries } from './build-deliveries.ts'
import type { PingOptions, PingResult } from './emitter.ts'

export interface PingContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly buildContext: () => BuildDeliveriesContext
  readonly now: () => number
  readonly wake: () => void
  /** Throws when the emitter is stopping. */
  readonly checkRunning: () => void
}

/** The shortest time between two pings of one subscription, in ms. */
export const pingIntervalMs = 5_000

/** How often a ping that is waited for is looked up, in ms. */
const pollMs = 25

/** Subscriptions whose last ping is remembered. */
const maxRemembered = 10_000

export interface Pinger {
  ping(subscriptionId: string, options: PingOptions): Promise<{ readonly deliveryId: string }>
  pingAndWait(subscriptionId: string, options: PingOptions): Promise<PingResult>
}

/** Test deliveries: an empty push that goes the way of every other delivery, past whatever holds the queue back. */
export function createPinger<Transaction>(context: PingContext<Transaction>): Pinger {
  const { store } = context
  const pingedAt = new Map<string, number>()

  async function ping(subscriptionId: string, options: PingOptions) {
    const [subscription] = await store.getSubscriptions([subscriptionId])
    if (subscription === undefined) {
      throw new NotFoundError({
        code: 'subscription.not-found',
        id: subscriptionId,
        message: `There is no subscription with the id ${subscriptionId}.`,
      })
    }
    takeTurn(pingedAt, subscriptionId)
    const eventId = createUuidV7(context.now())
    const event: WebhookEvent = {
      key: 'repo:push',
      repository: options.repository ?? placeholderRepository(subscription.subject),
      actor: null,
      refUpdates: [],
    }
    const { bodies, deliveries } = buildDeliveries(
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
        message: `The dialect ${subscription.content.settings.dialect} has no body for a test delivery.`,
      })
    }
    const subjectIds = [subscription.subject.id]
    await store.append({
      event: { id: eventId, key: event.key, subjectIds, depth: 0 },
      bodies,
      deliveries,
      skipped: [],
    })
    context.wake()
    return { deliveryId: delivery.id }
  }

  return {
    ping,
    async pingAndWait(subscriptionId, options) {
      const { deliveryId } = await ping(subscriptionId, options)
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

function takeTurn(pingedAt: Map<string, number>, subscriptionId: string): void {
  const now = performance.now()
  const last = pingedAt.get(subscriptionId)
  if (last !== undefined && now - last < pingIntervalMs) {
    const waitMs = Math.ceil(pingIntervalMs - (now - last))
    throw new StateError({
      code: 'ping.rate-limited',
      message: `The subscription ${subscriptionId} was pinged less than ${pingIntervalMs} ms ago. Try again in ${waitMs} ms.`,
    })
  }
  pingedAt.delete(subscriptionId)
  pingedAt.set(subscriptionId, now)
  const [oldest] = pingedAt.keys()
  if (pingedAt.size > maxRemembered && oldest !== undefined) pingedAt.delete(oldest)
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
  const word = outcome?.word ?? 'stopped'
  return {
    deliveryId: id,
    state,
    word,
    message: outcomeWords[word],
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

import {
  type CopyOutcome,
  createUuidV7,
  type Delivery,
  NotFoundError,
  StateError,
  type StoreHandle,
} from '@posthorn/core'
import { parseListOptions, parseRecoverOptions } from './delivery-options.ts'
import type { DeliveriesFace } from './emitter.ts'
import type { Listeners } from './listeners.ts'
import { parseId } from './parse-id.ts'
import { recover } from './recover.ts'

export interface DeliveriesContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly listeners: Listeners
  readonly now: () => number
  readonly wake: () => void
}

/** What an emitter remembers of its deliveries, and what can be done about them. */
export function createDeliveries<Transaction>(context: DeliveriesContext<Transaction>): DeliveriesFace {
  const { store, listeners, now, wake } = context

  async function get(id: string): Promise<Delivery | null> {
    const [delivery] = await store.getDeliveries([parseId('id', id)])
    return delivery ?? null
  }

  return {
    get,

    async list(options = {}) {
      const { filter, page } = parseListOptions(options)
      const { deliveries, next } = await store.listDeliveries(filter, page)
      return { deliveries, next }
    },

    attempts: async (id) => store.listAttempts(parseId('id', id)),

    async redeliver(sourceId) {
      const id = createUuidV7(now())
      const [outcome = 'not-found'] = await store.copyDeliveries([{ sourceId: parseId('id', sourceId), id }])
      if (outcome === 'subscription-deleted') throw subscriptionDeleted(sourceId, await get(sourceId))
      // A first copy was not asked for.
      if (outcome !== 'copied' && outcome !== 'copied-before') throw cannotCopy(sourceId, outcome)
      wake()
      const copy = await get(id)
      if (copy === null) throw cannotCopy(sourceId, 'not-found')
      return copy
    },

    async cancel(id) {
      const delivery = await get(id)
      const [outcome] = await store.cancelDeliveries([id])
      if (delivery === null || outcome === 'not-found') throw cannotCopy(id, 'not-found')
      if (outcome !== 'cancelled') return false
      const { subscriptionId } = delivery
      listeners.tell('cancelled', { subscriptionId, deliveryId: id, count: 1, reason: 'by-host' })
      return true
    },

    recover: (options) => recover(context, parseRecoverOptions(options)),
  }
}

/** @param delivery null if it was removed a moment ago */
function subscriptionDeleted(deliveryId: string, delivery: Delivery | null): NotFoundError {
  return new NotFoundError({
    code: 'subscription.not-found',
    id: delivery?.subscriptionId ?? '',
    message: `The subscription of the delivery ${deliveryId} was deleted.`,
  })
}

type Refusal = Exclude<CopyOutcome, 'copied' | 'copied-before' | 'subscription-deleted'>

function cannotCopy(id: string, outcome: Refusal): Error {
  switch (outcome) {
    case 'not-found':
      return new NotFoundError({
        code: 'delivery.not-found',
        id,
        message: `There is no delivery with the id ${id}.`,
      })
    case 'not-final':
      return new StateError({
        code: 'delivery.not-final',
        message: `The delivery ${id} has not ended yet, so it cannot be sent again.`,
      })
    case 'body-expired':
      return new StateError({
        code: 'delivery.body-expired',
        message: `The body of the delivery ${id} is past its retention.`,
      })
  }
}

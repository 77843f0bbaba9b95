import type { Emitter, Subscription } from 'posthorn'
import type { Display } from './display.ts'

/** Tells a display what the emitter does, with the names behind the emitter's ids. */
export interface Narrator {
  nameSubscription(subscription: Subscription): void
  namePush(eventId: string, refActions: string): void
}

/** How many pushes are kept in mind. */
const maxPushes = 1_000

export function createNarrator(emitter: Emitter, display: Display): Narrator {
  const subscriptions = new Map<string, Subscription>()
  const refActionsByEvent = new Map<string, string>()

  emitter.on('attempted', (event) => {
    const subscription = subscriptions.get(event.delivery.subscriptionId)
    const refActions = refActionsByEvent.get(event.delivery.body.eventId) ?? ''
    if (subscription !== undefined) display.attempted({ ...event, at: Date.now(), refActions, subscription })
  })
  emitter.on('warning', (warning) => {
    switch (warning.kind) {
      case 'engine-fault':
        return console.error(warning.error)
      case 'subscription-damaged':
        return display.say(`Warning: the subscription ${warning.subscriptionId} is damaged in the store.`)
      case 'certificate-verification-skipped': {
        const { title, dialect } = warning.subscription
        return display.say(`Warning: certificates are not verified for ${title} (${dialect}).`)
      }
    }
  })

  return {
    nameSubscription: (subscription) => {
      subscriptions.set(subscription.id, subscription)
    },
    namePush: (eventId, refActions) => {
      refActionsByEvent.set(eventId, refActions)
      const [oldest] = refActionsByEvent.keys()
      if (oldest !== undefined && refActionsByEvent.size > maxPushes) refActionsByEvent.delete(oldest)
    },
  }
}

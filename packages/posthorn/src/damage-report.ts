import type { Listeners } from './listeners.ts'

/** Subscriptions that are remembered to have been reported. */
const maxRemembered = 10_000

/** Tells of each subscription once that it is damaged in the store, however many deliveries and events meet it. */
export function createDamageReport(listeners: Listeners): (subscriptionId: string) => void {
  const reported = new Set<string>()
  return (subscriptionId) => {
    if (reported.has(subscriptionId) || reported.size >= maxRemembered) return
    reported.add(subscriptionId)
    listeners.tell('warning', { kind: 'subscription-damaged', subscriptionId })
  }
}

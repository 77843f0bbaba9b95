import { performance } from 'node:perf_hooks'
import { StateError } from '@posthorn/core'

/** The shortest time between two pings of one subscription, in ms. */
const pingIntervalMs = 5_000

/** Subscriptions whose last ping is remembered. */
const maxRemembered = 10_000

/** Who was pinged when, so that test deliveries cannot be used to knock at a receiver again and again. */
export interface PingTurns {
  /** @throws {StateError} `ping.rate-limited` */
  take(subscriptionId: string): void
  /** After a ping that could not be made. */
  giveBack(subscriptionId: string): void
}

export function createPingTurns(): PingTurns {
  const pingedAt = new Map<string, number>()
  return {
    take(subscriptionId) {
      const now = performance.now()
      checkInterval(subscriptionId, now - (pingedAt.get(subscriptionId) ?? -Infinity))
      pingedAt.delete(subscriptionId)
      pingedAt.set(subscriptionId, now)
      const [oldest] = pingedAt.keys()
      if (pingedAt.size > maxRemembered && oldest !== undefined) pingedAt.delete(oldest)
    },
    giveBack: (subscriptionId) => void pingedAt.delete(subscriptionId),
  }
}

/**
 * @param sinceLastMs since the last ping of the subscription; below 0 after a clock was set back, which then says nothing
 * @throws {StateError} `ping.rate-limited`
 */
export function checkInterval(subscriptionId: string, sinceLastMs: number): void {
  if (sinceLastMs < 0 || sinceLastMs >= pingIntervalMs) return
  const waitMs = Math.ceil(pingIntervalMs - sinceLastMs)
  throw new StateError({
    code: 'ping.rate-limited',
    message: `The subscription ${subscriptionId} was pinged less than ${pingIntervalMs} ms ago. Try again in ${waitMs} ms.`,
  })
}

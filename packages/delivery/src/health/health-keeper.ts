import {
  type AttemptOutcome,
  type BreakerOptions,
  type ClaimedDelivery,
  type HealthRecord,
  laneScope,
  parseLaneHealth,
  parseSubscriptionHealth,
  type StoreHandle,
  subscriptionScope,
} from '@posthorn/core'
import type { ReceiverSignal } from '../judge/judge.ts'
import type { Report } from '../worker/worker-events.ts'
import { createHealthCache, type HealthCache } from './health-cache.ts'
import { createAnswerMemory, recordLane } from './record-lane.ts'
import { recordSubscription } from './record-subscription.ts'

/** Keeps the breakers of subscriptions and lanes, which live in the store, so that all processes share them. */
export interface HealthKeeper {
  learn(records: readonly HealthRecord[]): void
  /** Which open breakers an attempt of this delivery would probe. To be asked before the attempt. */
  probes(delivery: ClaimedDelivery): Probes
  /** Takes account of an attempt; resolves with whether its subscription should be disabled. */
  record(attempt: AttemptFacts): Promise<{ readonly shouldDisable: boolean }>
}

/** Whose open breaker an attempt probes: those that were in flight when it opened do not. */
export interface Probes {
  readonly subscription: boolean
  readonly lane: boolean
}

/** What an attempt tells of its receiver. */
export interface AttemptFacts {
  readonly delivery: ClaimedDelivery
  readonly outcome: AttemptOutcome
  readonly signal: ReceiverSignal
  readonly probes: Probes
  /** On the store's clock. */
  readonly storeNow: number
}

export interface HealthOptions {
  readonly breaker: BreakerOptions
  /** Attempts that a lane may run at a time, up to which a closing breaker lets a queue catch up. */
  readonly room: number
  readonly random: () => number
  readonly report: Report
}

/** What the recording of health works with. */
export interface HealthContext<Transaction> extends HealthOptions {
  readonly store: StoreHandle<Transaction>
  readonly cache: HealthCache
}

export function createHealthKeeper<Transaction>(
  store: StoreHandle<Transaction>,
  options: HealthOptions,
): HealthKeeper {
  const context: HealthContext<Transaction> = { ...options, store, cache: createHealthCache() }
  const answers = createAnswerMemory()
  return {
    learn(records) {
      for (const record of records) context.cache.learn(record)
    },
    probes({ subscriptionId, lane }) {
      const subscription = context.cache.get(subscriptionScope(subscriptionId))
      const laneRecord = context.cache.get(laneScope(lane))
      return {
        subscription: parseSubscriptionHealth(subscription?.state).phase.kind === 'open',
        lane: parseLaneHealth(laneRecord?.state).phase.kind === 'open',
      }
    },
    async record(attempt) {
      await recordLane(attempt, answers, context)
      return recordSubscription(attempt, context)
    },
  }
}

import {
  type AttemptOutcome,
  type BreakerOptions,
  type ClaimedDelivery,
  type HealthRecord,
  type HealthScope,
  laneScope,
  parseLaneHealth,
  parseSubscriptionHealth,
  subscriptionScope,
} from '@posthorn/core'
import type { ReceiverSignal } from '../judge/judge.ts'
import type { Patience } from '../worker/patience.ts'
import type { Report } from '../worker/worker-events.ts'
import { createHealthCache, type HealthCache } from './health-cache.ts'
import type { Probes } from './probes.ts'
import { type AgedFacts, recordAged } from './record-aged.ts'
import { createAnswerMemory, recordLane } from './record-lane.ts'
import { recordSubscription } from './record-subscription.ts'
import { type HealthStore, stillParkedMs } from './update-health.ts'

/** Keeps the breakers of subscriptions and lanes, which live in the store, so that all processes share them. */
export interface HealthKeeper {
  /** Takes what a claim says of the health behind its deliveries; what it does not mention has none. */
  learn(deliveries: readonly InScope[], records: readonly HealthRecord[]): void
  /** Which open breakers the first attempt of this delivery since it was claimed would probe. To be asked before the attempt. */
  probes(delivery: ClaimedDelivery): Probes
  /** Whether its subscription may not have as many attempts at a time as there is room for, as far as this process knows. */
  isRestrained(delivery: ClaimedDelivery): boolean
  /** Whether its next attempt has to be claimed, since its subscription or its lane is parked or restrained by now. */
  isHeldBack(delivery: InScope, storeNow: number): boolean
  /** Takes account of an attempt; resolves with whether its subscription should be disabled. */
  record(attempt: AttemptFacts): Promise<HealthVerdict>
  /** Takes account of deliveries that ended by their age; resolves with whether their subscription should be disabled. */
  recordAged(aged: AgedFacts): Promise<boolean>
}

/** Whose health is meant. */
type InScope = Pick<ClaimedDelivery, 'subscriptionId' | 'lane'>

export interface HealthVerdict {
  readonly shouldDisable: boolean
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
  readonly patience: Patience
}

/** What the recording of health works with. */
export interface HealthContext<Transaction> extends HealthOptions {
  readonly store: HealthStore<Transaction>
  readonly cache: HealthCache
}

export function createHealthKeeper<Transaction>(
  store: HealthStore<Transaction>,
  options: HealthOptions,
): HealthKeeper {
  const context: HealthContext<Transaction> = { ...options, store, cache: createHealthCache() }
  const answers = createAnswerMemory()

  function isRestrained(scope: HealthScope): boolean {
    return (context.cache.get(scope)?.maxLeasedCount ?? null) !== null
  }

  return {
    learn(deliveries, records) {
      // Also what is known with a higher version: the health of a lane ends with its last subscription, and begins anew with the next.
      for (const { subscriptionId, lane } of deliveries) {
        context.cache.forget(subscriptionScope(subscriptionId))
        context.cache.forget(laneScope(lane))
      }
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
    isRestrained: ({ subscriptionId }) => isRestrained(subscriptionScope(subscriptionId)),
    isHeldBack({ subscriptionId, lane }, storeNow) {
      return [subscriptionScope(subscriptionId), laneScope(lane)].some(
        (scope) => isRestrained(scope) || stillParkedMs(context.cache.get(scope), storeNow) !== null,
      )
    },
    recordAged: (aged) => recordAged(aged, context),
    async record(attempt) {
      try {
        await recordLane(attempt, answers, context)
        return await recordSubscription(attempt, context)
      } catch (error) {
        // An attempt is settled whatever becomes of its health: unsettled it would be made again.
        options.report('warning', { kind: 'engine-fault', activity: 'health', error })
        return { shouldDisable: false }
      }
    },
  }
}

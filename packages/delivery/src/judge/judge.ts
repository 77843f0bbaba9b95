import {
  type AttemptOutcome,
  type ClaimedDelivery,
  maxQuickRetryMs,
  nextDelayMs,
  type OutcomeWord,
  type Schedule,
  type SettlementNext,
} from '@posthorn/core'
import type { Probes } from '../health/probes.ts'
import { isUnreachable } from './is-unreachable.ts'
import {
  isSuccess,
  isTlsFailure,
  minSlowDelayMs,
  type RetryClass,
  shortAttemptCount,
  toRetryClass,
} from './retry-class.ts'

/** What an attempt is judged by, beside its outcome. */
export interface JudgeContext {
  readonly delivery: Pick<ClaimedDelivery, 'attemptNumber' | 'countedAttemptCount' | 'isPing'>
  readonly schedule: Schedule
  /** Whose open breaker the attempt was a probe of. */
  readonly probes: Probes
  /** Whether the deliveries of its queue wait for one another. */
  readonly isOrdered: boolean
  /** The lease that a quick retry keeps. */
  readonly leaseMs: number
  /** From 0 to 1. */
  readonly random: number
}

/** Where a delivery goes, and what its attempt says of the receiver. */
export interface Verdict {
  readonly isCounted: boolean
  readonly next: SettlementNext
  /** The wait before a quick retry; null unless `next` is `hold`. */
  readonly quickDelayMs: number | null
  readonly signal: ReceiverSignal
}

/**
 * What an attempt says of its receiver. `silent`: it says nothing, because the fault was ours.
 * `gone`: it wants no more deliveries.
 */
export type ReceiverSignal =
  | { readonly kind: 'succeeded' }
  | {
      readonly kind: 'failed'
      readonly isRetryable: boolean
      readonly isTimeout: boolean
      readonly isExhausted: boolean
      readonly retryAfterMs: number | null
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'silent' }

/** The wait after a fault of our own side, in ms; each further fault of a delivery doubles it, up to a maximum. */
const ownFaultDelayMs = 5_000
const maxOwnFaultDelayMs = 600_000

/**
 * The wait after a failed probe, in ms. The breaker has parked the queue for longer; this bounds the attempts if it could not.
 */
const probeDelayMs = 1_000

/** The longest `Retry-After` that is honoured, in ms. */
const maxRetryAfterMs: number = 24 * 60 * 60 * 1_000

/** After this many failures the head of an ordered queue no longer holds up those behind it. */
const failuresBeforeSetAside = 3

/** Outcomes that can take the whole deadline. */
const timeouts: ReadonlySet<OutcomeWord> = new Set(['timeout.total', 'dns.timeout', 'connect.timeout'])

const silent: ReceiverSignal = { kind: 'silent' }

/** Turns the outcome of an attempt into what happens next. Pure. */
export function judge(outcome: AttemptOutcome, context: JudgeContext): Verdict {
  switch (outcome.kind) {
    case 'own-fault':
      return ourFault(outcome, context)
    case 'stopped':
      return { isCounted: false, next: { kind: 'release', delayMs: 0 }, quickDelayMs: null, signal: silent }
    case 'answered':
    case 'unanswered':
    case 'blocked':
      return isSuccess(outcome) ? succeeded() : failed(outcome, context)
  }
}

function ourFault({ word }: AttemptOutcome, { delivery }: JudgeContext): Verdict {
  const uncountedCount = delivery.attemptNumber - 1 - delivery.countedAttemptCount
  const delayMs = Math.min(ownFaultDelayMs * 2 ** uncountedCount, maxOwnFaultDelayMs)
  return {
    isCounted: false,
    next: afterFault(word, delivery.isPing, delayMs),
    quickDelayMs: null,
    signal: silent,
  }
}

/** What has no body can never be sent, and a ping has one attempt; every other fault passes, or is mended by the host. */
function afterFault(word: OutcomeWord, isPing: boolean, delayMs: number): SettlementNext {
  if (word === 'local.body-missing') return { kind: 'final', state: 'discarded', reason: 'retention-bound' }
  return isPing ? { kind: 'final', state: 'exhausted', reason: 'attempts' } : { kind: 'release', delayMs }
}

function succeeded(): Verdict {
  return {
    isCounted: true,
    next: { kind: 'final', state: 'delivered', reason: null },
    quickDelayMs: null,
    signal: { kind: 'succeeded' },
  }
}

type Failure = Exclude<AttemptOutcome, { kind: 'own-fault' | 'stopped' }>

function failed(outcome: Failure, context: JudgeContext): Verdict {
  const retryClass = toRetryClass(outcome)
  const retryAfterMs = outcome.kind === 'answered' ? clampRetryAfter(outcome.retryAfterMs) : null
  const isRetryable = retryClass === 'full' || retryClass === 'slow'
  const isGone = outcome.kind === 'answered' && outcome.status === 410
  const signal = (isExhausted: boolean): ReceiverSignal =>
    isGone
      ? { kind: 'gone' }
      : {
          kind: 'failed',
          isRetryable,
          isTimeout: timeouts.has(outcome.word),
          isExhausted,
          retryAfterMs,
        }
  if (isRetryable && isFailedProbe(outcome, context)) {
    return {
      isCounted: false,
      next: { kind: 'release', delayMs: probeDelayMs },
      quickDelayMs: null,
      signal: signal(false),
    }
  }
  const delayMs = context.delivery.isPing ? null : waitBeforeNext(outcome, retryClass, context)
  if (delayMs === null) {
    const next: SettlementNext = { kind: 'final', state: 'exhausted', reason: 'attempts' }
    return { isCounted: true, next, quickDelayMs: null, signal: signal(!context.delivery.isPing) }
  }
  const isSetAside = context.isOrdered && context.delivery.countedAttemptCount + 1 >= failuresBeforeSetAside
  if (delayMs <= maxQuickRetryMs && retryAfterMs === null && !isSetAside) {
    return {
      isCounted: true,
      next: { kind: 'hold', leaseMs: context.leaseMs },
      quickDelayMs: delayMs,
      signal: signal(false),
    }
  }
  const next: SettlementNext = { kind: 'retry', delayMs: Math.max(delayMs, retryAfterMs ?? 0), isSetAside }
  return { isCounted: true, next, quickDelayMs: null, signal: signal(false) }
}

/**
 * Whether the schedule stands still for this attempt. It does while the breaker is to blame: a probe of a lane that reached the
 * origin, and a probe that was refused for good, are judged like every other attempt, or one delivery that its receiver will
 * never take would be the probe for ever.
 */
function isFailedProbe(outcome: Failure, { delivery, probes }: JudgeContext): boolean {
  return !delivery.isPing && (probes.subscription || (probes.lane && isUnreachable(outcome)))
}

function waitBeforeNext(outcome: Failure, retryClass: RetryClass, context: JudgeContext): number | null {
  const madeCount = context.delivery.countedAttemptCount + 1
  if (retryClass === 'none') return null
  if (context.schedule.retries === 'none-but-server-failures' && !isServerFailure(outcome)) return null
  if (retryClass === 'short' && madeCount >= shortAttemptCount) return null
  const delayMs = nextDelayMs(context.schedule, madeCount, context.random)
  if (delayMs === null) return null
  return retryClass === 'slow' ? Math.max(delayMs, minSlowDelayMs) : delayMs
}

/** What Bitbucket Cloud tries again: 5xx, time-outs and failures of the network. */
function isServerFailure(outcome: Failure): boolean {
  if (outcome.kind === 'answered') return outcome.status >= 500 && outcome.status <= 599
  return outcome.kind === 'unanswered' && !isTlsFailure(outcome)
}

function clampRetryAfter(retryAfterMs: number | null): number | null {
  return retryAfterMs === null ? null : Math.min(Math.max(retryAfterMs, 0), maxRetryAfterMs)
}

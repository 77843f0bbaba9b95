import type {
  AttemptOutcome,
  AttemptRecord,
  ClaimedDelivery,
  Schedule,
  StoreHandle,
  SubscriptionDisabled,
} from '@posthorn/core'
import { toDeliveryFacts } from '../diagnostics/delivery-facts.ts'
import { publishSettled } from '../diagnostics/settle-channel.ts'
import type { HealthKeeper, HealthVerdict } from '../health/health-keeper.ts'
import { noProbes, type Probes } from '../health/probes.ts'
import { judge, type ReceiverSignal, type Verdict } from '../judge/judge.ts'
import type { Lanes } from '../lanes/lanes.ts'
import { type PrepareContext, prepare } from '../prepare.ts'
import { canHoldSecret, redact } from '../redact.ts'
import { noPhases } from '../send/phase-times.ts'
import type { Sender } from '../send/sender.ts'
import { settledWithin } from '../timing/settled-within.ts'
import type { AttemptCounter } from './count-attempts.ts'
import type { Patience } from './patience.ts'
import { type QuickStep, runWithQuickRetries } from './quick-retries.ts'
import type { Settler } from './settler.ts'
import { disableSubscription, enableSubscription } from './subscription-standing.ts'
import type { AttemptedEvent, AttemptedNext, Report } from './worker-events.ts'

/** What the run of a delivery works with. */
export interface RunContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly sender: Sender
  readonly attempts: AttemptCounter
  readonly lanes: Lanes
  readonly settler: Settler
  readonly health: HealthKeeper
  readonly prepare: PrepareContext
  readonly schedule: Schedule
  readonly leaseMs: number
  readonly random: () => number
  readonly report: Report
  /** The store's clock, as last read and counted on. */
  readonly storeNow: () => number
  readonly patience: Patience
  /** No attempt begins once this is aborted. */
  readonly closing: AbortSignal
  /** Ends the attempts that are running. */
  readonly abort: AbortSignal
}

/** How long a slot is kept after its attempt while the store is busy, in ms. */
const maxSlotHoldMs = 5_000

/** Thrown instead of beginning an attempt that should not be made, or not now. */
class GiveBack extends Error {}

/**
 * Runs the attempts of one lease: one, or a few where quick retries follow. Resolves with `given-back` if the delivery should be
 * released, and with `settled` if there is nothing left to do.
 */
export async function runDelivery<Transaction>(
  claimed: ClaimedDelivery,
  context: RunContext<Transaction>,
): Promise<'settled' | 'given-back'> {
  let current: ClaimedDelivery | null = claimed
  let isFirst = true

  async function attemptOnce(): Promise<QuickStep> {
    // Those that follow belong to one that was under way when a breaker opened, if it did.
    const probes = isFirst ? context.health.probes(claimed) : noProbes
    if (!isFirst && current !== null) current = await prepareAnother(current, context)
    isFirst = false
    return current === null ? { kind: 'done' } : attempt(current, probes, context)
  }

  try {
    await runWithQuickRetries(attemptOnce, context.closing)
    return 'settled'
  } catch (error) {
    if (error instanceof GiveBack || isCutShort(error, context)) return 'given-back'
    throw error
  }
}

/** Whether a wait between two attempts was ended by the closing of the worker. */
function isCutShort<Transaction>(error: unknown, { closing }: RunContext<Transaction>): boolean {
  if (!closing.aborted) return false
  return error === closing.reason || (error instanceof Error && error.name === 'AbortError')
}

/**
 * What the next attempt under the same lease is made with. The wait before it was long enough for others to act: null if the
 * delivery was cancelled meanwhile. One that has to wait after all, for its subscription or for room in its lane, is given back.
 */
async function prepareAnother<Transaction>(
  delivery: ClaimedDelivery,
  { store, lanes, leaseMs, health, storeNow, patience }: RunContext<Transaction>,
): Promise<ClaimedDelivery | null> {
  if (await isLeaseLost(delivery, { store, leaseMs, patience })) return null
  const [current] = await patience(() => store.getSubscriptions([delivery.subscriptionId]))
  if (current === undefined) return null
  const { isActive, disabled, lane } = current.content
  const isHeldBack =
    current.isDamaged === true ||
    !isActive ||
    disabled !== null ||
    lane !== delivery.lane ||
    health.isHeldBack(delivery, storeNow())
  if (isHeldBack || !lanes.hasRoomForRetry(lane)) throw new GiveBack()
  return {
    ...delivery,
    subscription: current,
    attemptNumber: delivery.attemptNumber + 1,
    countedAttemptCount: delivery.countedAttemptCount + 1,
  }
}

/** One attempt: send → judge → settle → report. */
async function attempt<Transaction>(
  delivery: ClaimedDelivery,
  probes: Probes,
  context: RunContext<Transaction>,
): Promise<QuickStep> {
  const { lane, subscriptionId } = delivery
  const slot = {
    lane,
    subscriptionId,
    isPing: delivery.isPing,
    isRetry: !delivery.isPing && delivery.attemptNumber > 1,
    isRestrained: !delivery.isPing && context.health.isRestrained(delivery),
  }

  /** Health first: once settled, a delivery can be claimed again at once, and must find its queue parked by then. */
  function recordHealth({ outcome }: AttemptRecord, { signal }: Verdict): Promise<HealthVerdict> {
    return context.health.record({ delivery, outcome, signal, probes, storeNow: context.storeNow() })
  }

  /** What has to be known before another attempt may take the slot. */
  async function takeAccount(record: AttemptRecord, verdict: Verdict): Promise<HealthVerdict | 'lease-lost'> {
    // A process that was stopped for longer than its leases finds every attempt timed out, which says nothing of the receivers.
    if (await isLeaseLost(delivery, context)) return 'lease-lost'
    return recordHealth(record, verdict)
  }

  const { record, verdict, account } = await context.lanes.run(slot, async () => {
    const record = await send(delivery, context)
    const verdict = judge(record.outcome, {
      delivery,
      schedule: context.schedule,
      probes,
      isOrdered: delivery.isOrdered,
      leaseMs: context.leaseMs,
      random: context.random(),
    })
    if (!isBad(verdict.signal)) return { record, verdict, account: null }
    // Within the slot, so that no other attempt takes it before the breaker knows.
    const account = takeAccount(record, verdict)
    await settledWithin(account, maxSlotHoldMs)
    return { record, verdict, account }
  })
  const known = await (account ?? recordHealth(record, verdict))
  if (known === 'lease-lost') return { kind: 'done' }
  const { shouldDisable } = known
  const disabled = await changeStanding(delivery, verdict, shouldDisable, context)
  const outcome = await context.settler.settle({
    token: delivery.token,
    attempt: record,
    isCounted: verdict.isCounted,
    next: verdict.next,
  })
  if (outcome === 'settled') reportAttempt(delivery, record, verdict, context)
  if (disabled !== null) context.report('subscription-disabled', { subscriptionId, reason: disabled })
  if (outcome === 'lease-lost') return { kind: 'done' }
  return verdict.quickDelayMs === null ? { kind: 'done' } : { kind: 'again', delayMs: verdict.quickDelayMs }
}

function isBad({ kind }: ReceiverSignal): boolean {
  return kind === 'failed' || kind === 'gone'
}

async function isLeaseLost<Transaction>(
  { token }: ClaimedDelivery,
  { store, leaseMs, patience }: Pick<RunContext<Transaction>, 'store' | 'leaseMs' | 'patience'>,
): Promise<boolean> {
  const lost = await patience(() => store.renew([token], leaseMs))
  return lost.length > 0
}

async function send<Transaction>(
  delivery: ClaimedDelivery,
  context: RunContext<Transaction>,
): Promise<AttemptRecord> {
  if (context.closing.aborted) throw new GiveBack()
  return context.attempts.during(delivery, async () => {
    const prepared = await prepare(delivery, context.prepare, context.storeNow(), context.abort)
    if (prepared.kind === 'fault') return notSent(prepared.outcome)
    const record = await context.sender.send(prepared.request, context.abort)
    const { answerExcerpt } = record
    return {
      ...record,
      outcome: withoutSecrets(record.outcome, prepared.listSecrets),
      requestHeaders: prepared.shownHeaders,
      // Receivers repeat what they were sent: a page for a path that is not there, a service that echoes headers.
      answerExcerpt:
        answerExcerpt !== null && canHoldSecret(answerExcerpt)
          ? redact(answerExcerpt, prepared.listSecrets())
          : answerExcerpt,
    }
  })
}

/** A redirect may lead to what the receiver was sent, as the name of a host. */
function withoutSecrets(outcome: AttemptOutcome, listSecrets: () => readonly string[]): AttemptOutcome {
  if (outcome.kind !== 'answered' || outcome.detail === null) return outcome
  return { ...outcome, detail: redact(outcome.detail, listSecrets()) }
}

function notSent(outcome: AttemptOutcome): AttemptRecord {
  return {
    outcome,
    durationMs: 0,
    phases: noPhases,
    isResent: false,
    certificateVerification: 'none',
    answerExcerpt: null,
    requestHeaders: [],
  }
}

function reportAttempt<Transaction>(
  delivery: ClaimedDelivery,
  record: AttemptRecord,
  verdict: Verdict,
  { report, storeNow }: RunContext<Transaction>,
): void {
  const { deliveryId, subscriptionId, attemptNumber, createdAt } = delivery
  const { next, isCounted } = verdict
  const attempted: AttemptedEvent = {
    delivery: toDeliveryFacts(delivery),
    attempt: { ...record, deliveryId, number: attemptNumber, isCounted },
    next: toAttemptedNext(verdict),
    // The clock of the store may have been set back.
    ageMs: Math.max(0, storeNow() - createdAt),
  }
  publishSettled(attempted)
  report('attempted', attempted)
  if (next.kind === 'final' && next.state !== 'cancelled') {
    report(next.state, { deliveryId, subscriptionId, state: next.state, reason: next.reason })
  }
  if (next.kind === 'retry' && next.isSetAside) report('set-aside', { deliveryId, subscriptionId })
}

function toAttemptedNext({ next, quickDelayMs }: Verdict): AttemptedNext {
  switch (next.kind) {
    case 'final':
      return { kind: 'final', state: next.state, reason: next.reason }
    case 'hold':
      return { kind: 'again', delayMs: quickDelayMs ?? 0 }
    case 'retry':
    case 'release':
      return { kind: 'again', delayMs: next.delayMs }
  }
}

/**
 * Disables or enables the subscription, before the attempt is settled: then nothing more is claimed for a receiver that is gone, and
 * whoever waits for a ping finds lifted what it lifts. Gives the reason if the subscription was disabled.
 */
async function changeStanding<Transaction>(
  { subscription, isPing }: ClaimedDelivery,
  { signal }: Verdict,
  shouldDisable: boolean,
  { store, storeNow, report, patience }: RunContext<Transaction>,
): Promise<SubscriptionDisabled['reason'] | null> {
  try {
    if (signal.kind === 'gone' || shouldDisable) {
      const reason = signal.kind === 'gone' ? 'gone' : 'exhausted'
      return (await disableSubscription(store, subscription, { at: storeNow(), reason }, patience))
        ? reason
        : null
    }
    if (isPing && signal.kind === 'succeeded') await enableSubscription(store, subscription, patience)
  } catch (error) {
    // An attempt is settled whatever becomes of its subscription: unsettled it would be made again.
    report('warning', { kind: 'engine-fault', activity: 'standing', error })
  }
  return null
}

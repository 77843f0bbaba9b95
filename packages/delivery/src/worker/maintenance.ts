import { performance } from 'node:perf_hooks'
import { type EndedDelivery, type PruneRequest, readStoreClock, type StoreHandle } from '@posthorn/core'
import { createSignal } from '../timing/signal.ts'
import { type ClockReading, createClockTrust } from './clock-trust.ts'
import type { Report } from './worker-events.ts'

/** What is kept, and for how long. */
export interface RetentionOptions {
  /** Every delivery ends this long after its emit, whatever holds it up. @default 3 days */
  readonly maxAgeMs: number
  /** Deliveries kept for a disabled subscription. @default 1_000 */
  readonly maxPerDisabledSubscription: number
  /** Finished deliveries, their attempts and bodies, since they finished. @default 7 days */
  readonly historyMs: number
  /** Finished deliveries kept at most; the first to go are those that finished first. @default null, no such bound */
  readonly maxFinishedCount: number | null
  /**
   * Bodies that no unfinished delivery uses, since their emit; without its body a delivery cannot be sent again.
   * @default null, as long as their deliveries
   */
  readonly bodyMs: number | null
  /** Ids of events, for idempotence. @default 7 days */
  readonly eventIdMs: number
  /** How often the rules above are applied. @default 60_000 */
  readonly everyMs: number
}

const day = 24 * 60 * 60 * 1_000

export const defaultRetention: RetentionOptions = {
  maxAgeMs: 3 * day,
  maxPerDisabledSubscription: 1_000,
  historyMs: 7 * day,
  maxFinishedCount: null,
  bodyMs: null,
  eventIdMs: 7 * day,
  everyMs: 60_000,
}

/** Rows per step; small, so that sending never waits long for a step to end. */
const rowsPerStep = 200

/**
 * Applies the rules of retention again and again until the worker closes, and holds back while the store's clock is in doubt.
 * @param onAged draws the consequence of deliveries that ended by their age
 */
export async function keepHouse<Transaction>(
  store: StoreHandle<Transaction>,
  options: RetentionOptions,
  report: Report,
  onAged: (ended: readonly EndedDelivery[]) => Promise<void>,
  closing: AbortSignal,
): Promise<void> {
  const due = createSignal(false)
  closing.addEventListener('abort', () => due.announce())
  const isTrusted = createClockTrust()
  const mayGoOn = async () => !closing.aborted && isTrusted(await readClock(store))
  while (!closing.aborted) {
    try {
      await maintain(store, options, report, onAged, mayGoOn)
    } catch (error) {
      report('warning', { kind: 'engine-fault', activity: 'maintenance', error })
    }
    await due.wait(options.everyMs)
  }
}

/** Ends what is overdue or too much, and removes old history, in small steps. */
async function maintain<Transaction>(
  store: StoreHandle<Transaction>,
  options: RetentionOptions,
  report: Report,
  onAged: (ended: readonly EndedDelivery[]) => Promise<void>,
  mayGoOn: () => Promise<boolean>,
): Promise<void> {
  await repeat(mayGoOn, async () => {
    const ended = await store.endOverdue(options.maxAgeMs, rowsPerStep)
    for (const delivery of ended) report('exhausted', toEvent(delivery))
    await onAged(ended)
    return ended.length === rowsPerStep
  })
  let trimCursor: string | null = null
  await repeat(mayGoOn, async () => {
    const answer = await store.trimDisabled(options.maxPerDisabledSubscription, rowsPerStep, trimCursor)
    for (const delivery of answer.ended) report('discarded', toEvent(delivery))
    trimCursor = answer.cursor
    return trimCursor !== null
  })
  const request = toPruneRequest(options)
  let pruneCursor: string | null = null
  await repeat(mayGoOn, async () => {
    pruneCursor = await store.prune({ ...request, cursor: pruneCursor })
    return pruneCursor !== null
  })
}

function toPruneRequest({
  historyMs,
  eventIdMs,
  maxFinishedCount,
  bodyMs,
}: RetentionOptions): Omit<PruneRequest, 'cursor'> {
  return {
    historyMs,
    eventIdMs,
    maxCount: rowsPerStep,
    ...(maxFinishedCount === null ? {} : { maxFinishedCount }),
    ...(bodyMs === null ? {} : { bodyMs }),
  }
}

/** The clock is asked before each step: a leap may come between any two. */
async function repeat(mayGoOn: () => Promise<boolean>, step: () => Promise<boolean>): Promise<void> {
  let hasMore = true
  while (hasMore && (await mayGoOn())) {
    hasMore = await step()
    await new Promise(setImmediate)
  }
}

async function readClock<Transaction>(store: StoreHandle<Transaction>): Promise<ClockReading> {
  const storeNow = await readStoreClock(store)
  return { storeNow, takenAt: performance.now() }
}

function toEvent({ id, subscriptionId, state, reason }: EndedDelivery) {
  return { deliveryId: id, subscriptionId, state, reason }
}

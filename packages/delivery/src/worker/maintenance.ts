import type { EndedDelivery, PruneRequest, StoreHandle } from '@posthorn/core'
import { createSignal } from '../timing/signal.ts'
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

/** Applies the rules of retention again and again until the worker closes. */
export async function keepHouse<Transaction>(
  store: StoreHandle<Transaction>,
  options: RetentionOptions,
  report: Report,
  closing: AbortSignal,
): Promise<void> {
  const due = createSignal(false)
  closing.addEventListener('abort', () => due.announce())
  while (!closing.aborted) {
    try {
      await maintain(store, options, report, closing)
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
  closing: AbortSignal,
): Promise<void> {
  await repeat(closing, async () => {
    const ended = await store.endOverdue(options.maxAgeMs, rowsPerStep)
    for (const delivery of ended) report('exhausted', toEvent(delivery))
    return ended.length === rowsPerStep
  })
  await repeat(closing, async () => {
    const ended = await store.trimDisabled(options.maxPerDisabledSubscription, rowsPerStep)
    for (const delivery of ended) report('discarded', toEvent(delivery))
    return ended.length === rowsPerStep
  })
  const request = toPruneRequest(options)
  await repeat(closing, () => store.prune(request))
}

function toPruneRequest({ historyMs, eventIdMs, maxFinishedCount, bodyMs }: RetentionOptions): PruneRequest {
  return {
    historyMs,
    eventIdMs,
    maxCount: rowsPerStep,
    ...(maxFinishedCount === null ? {} : { maxFinishedCount }),
    ...(bodyMs === null ? {} : { bodyMs }),
  }
}

async function repeat(closing: AbortSignal, step: () => Promise<boolean>): Promise<void> {
  let hasMore = true
  while (hasMore && !closing.aborted) {
    hasMore = await step()
    await new Promise(setImmediate)
  }
}

function toEvent({ id, subscriptionId, state, reason }: EndedDelivery) {
  return { deliveryId: id, subscriptionId, state, reason }
}

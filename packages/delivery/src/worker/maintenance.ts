import { performance } from 'node:perf_hooks'
import { type EndedDelivery, type PruneRequest, readStoreClock, type StoreHandle } from '@posthorn/core'
import { createSignal } from '../timing/signal.ts'
import { createClockMender } from './clock-mender.ts'
import { type ClockReading, createClockTrust } from './clock-trust.ts'
import type { LongestWaits } from './longest-waits.ts'
import type { Report } from './worker-events.ts'

/** What is kept, and for how long, in ms. */
export interface RetentionOptions {
  /** Every delivery ends this long after its emit, whatever holds it up. From 1 ms to a year. @default 3 days */
  readonly maxAgeMs: number
  /** Deliveries kept for a disabled subscription. 1 to 1,000,000,000. @default 1_000 */
  readonly maxPerDisabledSubscription: number
  /** Finished deliveries, their attempts and bodies, since they finished. From 0 to 10 years. @default 7 days */
  readonly historyMs: number
  /** Finished deliveries kept at most; the first to go are those that finished first. 0 to 1,000,000,000. @default null, no such bound */
  readonly maxFinishedCount: number | null
  /**
   * Bodies that no unfinished delivery uses, since their emit; without its body a delivery cannot be sent again.
   * From 0 to 10 years. @default null, as long as their deliveries
   */
  readonly bodyMs: number | null
  /** Ids of events, for idempotence. From 0 to 10 years. @default 7 days */
  readonly eventIdMs: number
  /** How often the rules above are applied. From 1 ms to a year. @default 60_000 */
  readonly everyMs: number
}

const day = 24 * 60 * 60 * 1_000

/** What holds where the host says nothing; `docs/history.md` shows it. */
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

export interface HouseOptions {
  readonly retention: RetentionOptions
  readonly waits: LongestWaits
  readonly report: Report
  /** Called when there may be something to claim that was not due before. */
  readonly onMended: () => void
  /** Draws the consequence of deliveries that ended by their age. */
  readonly onAged: (ended: readonly EndedDelivery[]) => Promise<void>
}

/** What housekeeping needs of a store. */
type HouseStore<Transaction> = Pick<
  StoreHandle<Transaction>,
  'endOverdue' | 'listDeliveries' | 'mendTimes' | 'mendWaits' | 'prune' | 'trimDisabled'
>

/** What goes on beside the deliveries, until the worker closes. */
export interface Housekeeping {
  /** Takes a reading of the store's clock that somebody else had. */
  notice(reading: ClockReading): void
  run(): Promise<void>
}

/**
 * Applies the rules of retention again and again, and holds back while the store's clock is in doubt. What waits for too long, since the
 * clock was wrong, is mended first, and gets a round's time to be claimed before anything is ended for its age.
 */
export function createHousekeeping<Transaction>(
  store: HouseStore<Transaction>,
  { retention, waits, report, onMended, onAged }: HouseOptions,
  closing: AbortSignal,
): Housekeeping {
  const due = createSignal(false)
  closing.addEventListener('abort', () => due.announce())
  const trust = createClockTrust()
  const toAge = (ms: number) => ms + Math.ceil(trust.overstatedMs(ms))
  const mender = createClockMender(store, {
    waits,
    maxCount: rowsPerStep,
    mayGoOn: () => !closing.aborted,
    monotonicMs: () => performance.now(),
  })

  /** Gives whether what is old by the reading may be taken for old. */
  function notice(reading: ClockReading): boolean {
    if (mender.notice(reading)) due.announce()
    return trust.isTrusted(reading)
  }

  const mayGoOn = async () => !closing.aborted && notice(await readClock(store))

  async function mend(): Promise<boolean> {
    const hasMended = (await mender.mend()) > 0
    if (hasMended) onMended()
    return hasMended
  }

  return {
    notice: (reading) => void notice(reading),
    async run() {
      while (!closing.aborted) {
        try {
          if (!(await mend())) await maintain(store, retention, { report, onAged }, { mayGoOn, toAge })
        } catch (error) {
          report('warning', { kind: 'engine-fault', activity: 'maintenance', error })
        }
        await due.wait(retention.everyMs)
      }
    },
  }
}

/** What the rules of retention are applied by. */
interface Clockwork {
  readonly mayGoOn: () => Promise<boolean>
  /** How old something must look to be so many ms old. */
  readonly toAge: (ms: number) => number
}

/** Ends what is overdue or too much, and removes old history, in small steps. */
async function maintain<Transaction>(
  store: HouseStore<Transaction>,
  options: RetentionOptions,
  { report, onAged }: Pick<HouseOptions, 'report' | 'onAged'>,
  { mayGoOn, toAge }: Clockwork,
): Promise<void> {
  await repeat(mayGoOn, async () => {
    const ended = await store.endOverdue(toAge(options.maxAgeMs), rowsPerStep)
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
  let pruneCursor: string | null = null
  await repeat(mayGoOn, async () => {
    pruneCursor = await store.prune({ ...toPruneRequest(options, toAge), cursor: pruneCursor })
    return pruneCursor !== null
  })
}

function toPruneRequest(
  { historyMs, eventIdMs, maxFinishedCount, bodyMs }: RetentionOptions,
  toAge: Clockwork['toAge'],
): Omit<PruneRequest, 'cursor'> {
  return {
    historyMs: toAge(historyMs),
    eventIdMs: toAge(eventIdMs),
    maxCount: rowsPerStep,
    ...(maxFinishedCount === null ? {} : { maxFinishedCount }),
    ...(bodyMs === null ? {} : { bodyMs: toAge(bodyMs) }),
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

async function readClock<Transaction>(store: HouseStore<Transaction>): Promise<ClockReading> {
  const storeNow = await readStoreClock(store)
  return { storeNow, takenAt: performance.now() }
}

function toEvent({ id, subscriptionId, state, reason }: EndedDelivery) {
  return { deliveryId: id, subscriptionId, state, reason }
}

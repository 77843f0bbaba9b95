import { performance } from 'node:perf_hooks'
import {
  type BreakerOptions,
  type ClaimedDelivery,
  nextDueInMs,
  type OutcomeWord,
  type Schedule,
  type StoreHandle,
} from '@posthorn/core'
import { createHealthKeeper } from '../health/health-keeper.ts'
import { createLanes, type LaneOptions } from '../lanes/lanes.ts'
import type { PrepareContext } from '../prepare.ts'
import type { Sender } from '../send/sender.ts'
import { type Activity, createActivity } from '../timing/activity.ts'
import { maxTimerMs } from '../timing/max-timer-ms.ts'
import { createSignal } from '../timing/signal.ts'
import { createTurnEnd } from '../timing/turn-end.ts'
import { createAttemptCounter } from './count-attempts.ts'
import { createLeaseKeeper } from './lease-keeper.ts'
import { keepHouse, type RetentionOptions } from './maintenance.ts'
import { type RunContext, runDelivery } from './run-delivery.ts'
import { createSettler } from './settler.ts'
import { withStoreRetries } from './store-retries.ts'
import type { Report } from './worker-events.ts'

/**
 * The worker: the life of a delivery between due and settled.
 *
 *   due ──claim──▶ leased ──prepare──▶ request ──send──▶ outcome ──judge──▶ verdict ──settle──▶ final | due again
 *
 * What it costs when the process dies:
 *   after claim, before the request    nothing: the lease ends, and another claim takes the delivery over
 *   after the request, before settle   the receiver gets it twice, with the same delivery id and the same bytes
 *   after settle                       nothing: the store has it
 *
 * The store owns every delay longer than a second. A lease outlives the process that holds it by `leaseMs` at most.
 */
export interface Worker {
  /** Attempts running now. */
  readonly inFlightCount: number
  /** Attempts that ended, by what became of them. */
  readonly attemptsByWord: Readonly<Partial<Record<OutcomeWord, number>>>
  start(): void
  /** Looks for due deliveries now rather than at the next poll. */
  wake(): void
  /** Claims nothing more, lets attempts end, and aborts those still running after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>
}

export interface WorkerOptions {
  /** Names this worker in leases. */
  readonly owner: string
  readonly schedule: Schedule
  readonly breaker: BreakerOptions
  readonly lanes: LaneOptions
  readonly retention: RetentionOptions
  readonly prepare: PrepareContext
  /** How long a claimed delivery is this worker's; renewed while it works. */
  readonly leaseMs: number
  /** The longest wait before the store is asked again. */
  readonly pollMs: number
  /** Whether a worker that waits keeps the process from ending. */
  readonly keepAlive: boolean
  readonly random: () => number
  readonly report: Report
  /** Goes on while claims and runs do. */
  readonly activity: Activity
}

/**
 * With tens of thousands of queues that hold something and give nothing, one round through them takes the store a second. After one
 * that took longer than this, the worker rests for as long, so that at least half of the store's time is left to others.
 */
const longRoundMs = 50

export function createWorker<Transaction>(
  store: StoreHandle<Transaction>,
  sender: Sender,
  options: WorkerOptions,
): Worker {
  const { report, activity } = options
  const closing = new AbortController()
  const abort = new AbortController()
  const wakeUp = createSignal(options.keepAlive)
  const resting = createSignal(options.keepAlive)
  const attempts = createAttemptCounter()
  const leases = createLeaseKeeper(store, options.leaseMs, report)
  const endWakes = store.onWake(() => wakeUp.announce())
  const runs = createActivity()
  const turnEnd = createTurnEnd()
  let storeClock = { reading: 0, at: performance.now() }
  let cursor: string | null = null
  let ended: Promise<unknown> = Promise.resolve()

  const context: RunContext<Transaction> = {
    store,
    sender,
    attempts,
    // A slot is filled again while what was in it is being settled.
    lanes: createLanes(options.lanes, () => wakeUp.announce()),
    settler: createSettler(store, turnEnd),
    health: createHealthKeeper(store, { ...options, room: options.lanes.perLane }),
    prepare: options.prepare,
    schedule: options.schedule,
    leaseMs: options.leaseMs,
    random: options.random,
    report,
    storeNow: () => storeClock.reading + Math.round(performance.now() - storeClock.at),
    closing: closing.signal,
    abort: abort.signal,
  }

  async function work(): Promise<void> {
    let emptyRoundCount = 0
    let emptySince = performance.now()
    while (!closing.signal.aborted) {
      try {
        const claim = await activity.during(claimAndRun)
        if (claim === 'gave') {
          emptyRoundCount = 0
          emptySince = performance.now()
        }
        if (claim === 'gave' || claim === 'more-to-visit') continue
        emptyRoundCount += 1
        const dueInMs = claim === 'no-room' ? options.pollMs : await waitMs(emptyRoundCount)
        const roundMs = performance.now() - emptySince
        if (roundMs > longRoundMs) await resting.wait(Math.min(roundMs, options.pollMs))
        await wakeUp.wait(dueInMs)
        // Attempts often end in groups, within one turn; one claim then fills the slots of all.
        await turnEnd()
      } catch (error) {
        report('warning', { kind: 'engine-fault', activity: 'claim', error })
        await wakeUp.wait(options.pollMs)
      }
      emptySince = performance.now()
    }
  }

  /** Claims as much as there is room for, and starts it without waiting for it to end. */
  async function claimAndRun(): Promise<'gave' | 'more-to-visit' | 'nothing-due' | 'no-room'> {
    const room = context.lanes.room()
    if (room.total === 0) return 'no-room'
    const answer = await withStoreRetries(() =>
      store.claim({
        owner: options.owner,
        leaseMs: options.leaseMs,
        maxCount: room.total,
        maxRetries: Math.min(room.retries, room.total),
        // Heads are taken in turn, so this bounds a queue only where no other waits.
        maxPerSubscription: options.lanes.perLane,
        defaultRoom: room.perLane,
        roomByLane: room.byLane,
        cursor,
      }),
    )
    storeClock = { reading: answer.storeNow, at: performance.now() }
    cursor = answer.cursor
    context.health.learn(answer.deliveries, answer.health)
    for (const delivery of answer.deliveries) void runOne(delivery)
    if (answer.deliveries.length > 0) return 'gave'
    return cursor !== null || answer.hasMoreKeys ? 'more-to-visit' : 'nothing-due'
  }

  async function runOne(delivery: ClaimedDelivery): Promise<void> {
    const { token } = delivery
    activity.begin()
    runs.begin()
    leases.add(token)
    try {
      const end = await runDelivery(delivery, context)
      if (end === 'given-back') await withStoreRetries(() => store.release([token]))
    } catch (error) {
      // The lease runs out, and another claim takes the delivery over.
      report('warning', { kind: 'engine-fault', activity: 'delivery', error })
    } finally {
      leases.remove(token)
      runs.end()
      activity.end()
      wakeUp.announce()
    }
  }

  /** How long to wait after a round that gave nothing; something that ends or becomes due cuts the wait short. */
  async function waitMs(emptyRoundCount: number): Promise<number> {
    const dueInMs = (await withStoreRetries(() => nextDueInMs(store))) ?? options.pollMs
    // Due, and yet not claimed twice in a row: its lane has no room, or another process is at it.
    const isStuck = dueInMs === 0 && emptyRoundCount > 1
    return isStuck ? options.pollMs : Math.min(dueInMs, options.pollMs)
  }

  return {
    get inFlightCount() {
      return attempts.inFlightCount
    },
    attemptsByWord: attempts.attemptsByWord,
    start() {
      setImmediate(() => {
        ended = Promise.all([work(), keepHouse(store, options.retention, report, closing.signal)])
      })
    },
    wake: () => wakeUp.announce(),
    async stop(timeoutMs) {
      const timer = setTimeout(() => abort.abort(), Math.min(timeoutMs, maxTimerMs))
      closing.abort()
      wakeUp.announce()
      resting.announce()
      await ended
      await runs.whenQuiet()
      clearTimeout(timer)
      leases.stop()
      endWakes()
    },
  }
}

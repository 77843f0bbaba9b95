import { performance } from 'node:perf_hooks'
import type { BreakerOptions, ClaimedDelivery, OutcomeWord, Schedule, StoreHandle } from '@posthorn/core'
import { createHealthKeeper } from '../health/health-keeper.ts'
import { createLaneSharing } from '../lanes/lane-sharing.ts'
import { createLanes, type LaneOptions } from '../lanes/lanes.ts'
import type { PrepareContext } from '../prepare.ts'
import type { Sender } from '../send/sender.ts'
import { type Activity, createActivity } from '../timing/activity.ts'
import { maxTimerMs } from '../timing/max-timer-ms.ts'
import { createTurnEnd } from '../timing/turn-end.ts'
import { judgeAged } from './aged-deliveries.ts'
import { type ClaimResult, createClaimLoop, noRoom } from './claim-loop.ts'
import type { ClockReading } from './clock-trust.ts'
import { createAttemptCounter } from './count-attempts.ts'
import { holdBack } from './hold-back.ts'
import { createLeaseKeeper } from './lease-keeper.ts'
import { longestWaits } from './longest-waits.ts'
import { createHousekeeping, type RetentionOptions } from './maintenance.ts'
import { createPatience } from './patience.ts'
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
 *   after the request, before settle   the receiver gets it twice, with the same delivery id and the same bytes; of the whole
 *                                      process that is no more than twice its `concurrency.total`
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
  /**
   * Looks for due deliveries now rather than at the next poll.
   * @param subscriptionIds those that they are for, if that is known
   * @param storeNow the reading of the store's clock that they were written at, if that is known
   */
  wake(subscriptionIds?: readonly string[], storeNow?: number): void
  /**
   * Claims nothing more, lets attempts end, and aborts those still running after `timeoutMs`. Nothing is tried again from then on at a
   * store that is busy, so it may take as much longer as the store lets one call wait.
   */
  stop(timeoutMs: number): Promise<void>
}

/** What a worker goes by; times in ms, and every one of them given. */
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
  /** Called with the id of a subscription that cannot be read from the store, again and again. */
  readonly reportDamaged: (subscriptionId: string) => void
  /** Goes on while claims and runs do. */
  readonly activity: Activity
}

/** A ping goes past whatever holds a queue back, so its attempt has to say what is wrong. */
function isHeldBack({ subscription, isPing }: ClaimedDelivery): boolean {
  return subscription.isDamaged === true && !isPing
}

/** A worker that claims nothing before `start`. The store and the sender stay the caller's to close. */
export function createWorker<Transaction>(
  store: StoreHandle<Transaction>,
  sender: Sender,
  options: WorkerOptions,
): Worker {
  const { report, activity } = options
  const closing = new AbortController()
  const abort = new AbortController()
  const patience = createPatience(abort.signal)
  const turnEnd = createTurnEnd()
  const loop = createClaimLoop(
    store,
    (only) => activity.during(() => claimAndRun(only)),
    { ...options, turnEnd },
    closing.signal,
  )
  const attempts = createAttemptCounter()
  const sharing = createLaneSharing(store, patience)
  const leases = createLeaseKeeper(store, options.leaseMs, report)
  const house = createHousekeeping(
    store,
    {
      retention: options.retention,
      waits: longestWaits(options.schedule, options.breaker),
      report,
      onMended: () => loop.wake(),
      onAged: (ended) => judgeAged(ended, context),
    },
    closing.signal,
  )
  const endWakes = store.onWake(() => loop.wake())
  const runs = createActivity()
  let storeClock: ClockReading = { storeNow: 0, takenAt: performance.now() }
  let cursor: string | null = null
  /** Claimed and not settled. */
  let runCount = 0
  let ended: Promise<unknown> = Promise.resolve()

  const context: RunContext<Transaction> = {
    store,
    sender,
    attempts,
    // A slot is filled again while what was in it is being settled.
    lanes: createLanes(options.lanes, () => loop.wake(), sharing.isShared),
    settler: createSettler(store, turnEnd, patience),
    health: createHealthKeeper(store, { ...options, patience, room: options.lanes.perLane }),
    prepare: options.prepare,
    schedule: options.schedule,
    leaseMs: options.leaseMs,
    random: options.random,
    report,
    storeNow: () => storeClock.storeNow + Math.round(performance.now() - storeClock.takenAt),
    patience,
    closing: closing.signal,
    abort: abort.signal,
  }

  /** Every reading tells housekeeping how the store's clock goes. */
  function noticeClock(storeNow: number): ClockReading {
    const reading = { storeNow, takenAt: performance.now() }
    house.notice(reading)
    return reading
  }

  /** Claims as much as there is room for, and starts it without waiting for it to end. */
  async function claimAndRun(only: readonly string[] | null): Promise<ClaimResult> {
    const room = context.lanes.room()
    // What was sent and is not settled yet would be sent again if the process died now, so there is a bound on it.
    const maxCount = Math.min(room.total, 2 * options.lanes.total - runCount)
    if (maxCount <= 0) return noRoom
    const claim = () =>
      store.claim({
        owner: options.owner,
        leaseMs: options.leaseMs,
        maxCount,
        maxRetries: Math.min(room.retries, maxCount),
        maxPerSubscription: room.perSubscription,
        roomBySubscription: room.bySubscription,
        defaultRoom: room.perLane,
        roomByLane: room.byLane,
        maxRestrained: room.restrained,
        defaultRestrainedRoom: room.restrainedPerLane,
        restrainedRoomByLane: room.restrainedByLane,
        maxPings: room.pings,
        defaultPingRoom: room.pingsPerLane,
        pingRoomByLane: room.pingsByLane,
        cursor,
        only,
      })
    const answer = await withStoreRetries(claim, () => !closing.signal.aborted)
    storeClock = noticeClock(answer.storeNow)
    if (only === null) cursor = answer.cursor
    context.health.learn(answer.deliveries, answer.health)
    for (const delivery of answer.deliveries) void runOne(delivery)
    await sharing.learn(answer.deliveries.map(({ lane }) => lane))
    const { queuesWithMoreKeys } = answer
    const kind = answer.deliveries.length > 0 ? 'gave' : 'nothing'
    return { kind, hasMoreQueues: answer.cursor !== null, queuesWithMoreKeys }
  }

  /** Nothing is recorded of it: the receiver has no part in it, and all of its queue waits alike. */
  async function heldBack({ subscriptionId }: ClaimedDelivery): Promise<'given-back'> {
    options.reportDamaged(subscriptionId)
    await holdBack(store, subscriptionId, patience)
    return 'given-back'
  }

  async function runOne(delivery: ClaimedDelivery): Promise<void> {
    const { token } = delivery
    activity.begin()
    runs.begin()
    runCount += 1
    leases.add(token)
    try {
      const end = isHeldBack(delivery) ? await heldBack(delivery) : await runDelivery(delivery, context)
      if (end === 'given-back') await patience(() => store.release([token]))
    } catch (error) {
      // The lease runs out, and another claim takes the delivery over.
      report('warning', { kind: 'engine-fault', activity: 'delivery', error })
    } finally {
      leases.remove(token)
      runCount -= 1
      runs.end()
      activity.end()
      loop.wake()
    }
  }

  return {
    get inFlightCount() {
      return attempts.inFlightCount
    },
    attemptsByWord: attempts.attemptsByWord,
    start() {
      setImmediate(() => {
        ended = Promise.all([loop.run(), house.run()])
      })
    },
    wake(subscriptionIds, storeNow) {
      if (storeNow !== undefined) noticeClock(storeNow)
      loop.wake(subscriptionIds)
    },
    async stop(timeoutMs) {
      const timer = setTimeout(() => abort.abort(), Math.min(timeoutMs, maxTimerMs))
      closing.abort()
      await ended
      await runs.whenQuiet()
      clearTimeout(timer)
      leases.stop()
      endWakes()
    },
  }
}

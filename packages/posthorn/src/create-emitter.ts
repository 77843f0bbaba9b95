import { randomUUID } from 'node:crypto'
import {
  parseBoolean,
  parseMembers,
  parseNumber,
  parseWebhookUrl,
  type SecretSealer,
  StateError,
  type StoreHandle,
} from '@posthorn/core'
import {
  type Activity,
  createActivity,
  createSender,
  createWorker,
  explainTarget,
  maxTimerMs,
  type Sender,
  type Worker,
} from '@posthorn/delivery'
import { createDamageReport } from './damage-report.ts'
import { createDeliveries } from './deliveries.ts'
import { buildContext, createEmission } from './emit.ts'
import type { Emitter, EmitterStats, PingOptions, PingResult } from './emitter.ts'
import type { EmitterOptions, ResolvedOptions } from './emitter-options.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { guarded } from './guarded.ts'
import { waitUntilIdle } from './idle.ts'
import { createListeners, type Listeners } from './listeners.ts'
import { parseId } from './parse-id.ts'
import { createPinger } from './ping.ts'
import { resolveOptions } from './resolve-options.ts'
import { createStoppableSealer } from './stoppable-sealer.ts'
import { createSubscriptions } from './subscriptions.ts'

const anyDuration = { min: 0, max: Number.POSITIVE_INFINITY }

/** How long `stop` lets attempts run on where the host does not say, in ms. */
const defaultStopTimeoutMs = 10_000

/**
 * Opens the store and begins to deliver. Work begins on the macrotask after this resolves, so that listeners can be added.
 * @throws {PosthornError} `option.invalid`, `option.unknown`, or what the store's `open` says
 */
export async function createEmitter<Transaction = never>(
  options: EmitterOptions<Transaction>,
): Promise<Emitter<Transaction>> {
  const resolved = resolveOptions(options)
  const store = await resolved.store.open({ clock: resolved.clock })
  const activity = createActivity()
  const listening = createActivity()
  const log = createEventLog(resolved.logger)
  const cutOff = new AbortController()
  const listeners = createListeners(listening, log.event)
  const parts: Parts<Transaction> = {
    options: resolved,
    store,
    activity,
    listening,
    log,
    cutOff,
    sealer: createStoppableSealer(resolved.sealer, cutOff.signal),
    listeners,
    reportDamaged: createDamageReport(listeners),
    sender: createSender({
      policy: resolved.addressPolicy,
      resolver: resolved.resolver,
      network: resolved.network,
      clock: resolved.clock,
      connectionsPerOrigin: resolved.lanes.perLane,
    }),
  }
  const worker = resolved.role === 'emit' ? null : createEmitterWorker(parts)
  worker?.start()
  return assemble(parts, worker)
}

/** What an emitter is made of. */
interface Parts<Transaction> {
  readonly options: ResolvedOptions<Transaction>
  readonly store: StoreHandle<Transaction>
  /** Emits, claims, attempts, settlements: what `stop` waits for. */
  readonly activity: Activity
  /** Listeners whose promise has not settled: `idle` waits for them, `stop` does not, since one may be what calls it. */
  readonly listening: Activity
  readonly log: EventLog
  /** Aborted when the time that `stop` leaves to what is running is over. */
  readonly cutOff: AbortController
  /** For calls of the host; the worker has its own way to end attempts. */
  readonly sealer: SecretSealer
  readonly listeners: Listeners
  /** Tells of a subscription that is damaged in the store. */
  readonly reportDamaged: (subscriptionId: string) => void
  readonly sender: Sender
}

function createEmitterWorker<Transaction>({
  options,
  store,
  activity,
  listeners,
  reportDamaged,
  sender,
}: Parts<Transaction>): Worker {
  const { schedule, breaker, lanes, retention, leaseMs, pollMs, keepAlive, random } = options
  const { dialects, deadlineMs, sealer, clock } = options
  return createWorker(store, sender, {
    owner: `${process.pid}-${randomUUID()}`,
    schedule,
    breaker,
    lanes,
    retention,
    prepare: { dialects, sealer, deadlineMs, now: () => clock.now() },
    leaseMs,
    pollMs,
    keepAlive,
    random,
    activity,
    // Every event of a worker is one of the emitter's; over a generic name the type checker cannot see it.
    report: (name, event) => listeners.tell(name, event as never),
    reportDamaged,
  })
}

function assemble<Transaction>(parts: Parts<Transaction>, worker: Worker | null): Emitter<Transaction> {
  const { options, store, activity, listening, listeners } = parts
  const { addressPolicy } = options
  const resolver = options.network.proxy === null ? options.resolver : null
  const context = {
    ...options,
    ...parts,
    wake: (subscriptionIds?: readonly string[], storeNow?: number) => worker?.wake(subscriptionIds, storeNow),
    now: () => options.clock.now(),
    buildContext: () => buildContext(options),
    checkRunning,
    run,
  }
  const emission = guarded(createEmission(context), run)
  const pinger = createPinger(context)
  let stopping: Promise<void> | null = null

  function checkRunning(): void {
    if (stopping !== null)
      throw new StateError({ code: 'emitter.stopped', message: 'This emitter was stopped.' })
  }

  async function run<Result>(work: () => Promise<Result>): Promise<Result> {
    checkRunning()
    return activity.during(work)
  }

  function ping(
    id: string,
    pingOptions: PingOptions & { readonly wait?: false },
  ): Promise<{ readonly deliveryId: string }>
  function ping(id: string, pingOptions: PingOptions & { readonly wait: true }): Promise<PingResult>
  async function ping(id: string, pingOptions: PingOptions & { readonly wait?: boolean } = {}) {
    checkRunning()
    const { wait = false } = parseMembers('', pingOptions, ['repository', 'wait'])
    return parseBoolean('wait', wait)
      ? pinger.pingAndWait(parseId('subscriptionId', id), pingOptions)
      : pinger.ping(parseId('subscriptionId', id), pingOptions)
  }

  return {
    subscriptions: guarded(createSubscriptions(context), run),
    deliveries: guarded(createDeliveries(context), run),
    emit: (event, emitOptions = {}) => emission.emit(event, emitOptions),
    interest: (repository, key) => emission.interest(repository, key),
    explain: (event, options = {}) => emission.explain(event, options),
    explainTarget: async (url) => {
      const { target } = parseWebhookUrl(url)
      return explainTarget(addressPolicy, resolver, target, AbortSignal.timeout(options.deadlineMs))
    },
    ping,
    wake: () => context.wake(),
    stats: () => run(async () => ({ ...(await store.stats()), ...workerStats(worker) })),
    on: (name, listener) => listeners.on(name, listener),
    off: (name, listener) => listeners.off(name, listener),
    async idle(idleOptions = {}) {
      const { withinMs = 0 } = parseMembers('', idleOptions, ['withinMs'])
      const parsedMs = parseNumber('withinMs', withinMs, anyDuration)
      checkRunning()
      await waitUntilIdle(store, [activity, listening], parsedMs, checkRunning)
    },
    stop(stopOptions = {}) {
      try {
        const timeoutMs = parseStopTimeout(stopOptions)
        stopping ??= stopParts(worker, parts, timeoutMs)
        return stopping
      } catch (error) {
        return Promise.reject(error)
      }
    },
  }
}

function parseStopTimeout(stopOptions: unknown): number {
  const { timeoutMs = defaultStopTimeoutMs } = parseMembers('', stopOptions, ['timeoutMs'])
  return parseNumber('timeoutMs', timeoutMs, anyDuration)
}

/** In this order: what is claimed ends, accepted emits are committed, and only then is closed what they need. */
async function stopParts<Transaction>(
  worker: Worker | null,
  { sender, activity, store, cutOff }: Parts<Transaction>,
  timeoutMs: number,
): Promise<void> {
  const timer = setTimeout(() => cutOff.abort(), Math.min(timeoutMs, maxTimerMs))
  await worker?.stop(timeoutMs)
  await activity.whenQuiet()
  clearTimeout(timer)
  await sender.close()
  await store.close()
}

function workerStats(worker: Worker | null): Pick<EmitterStats, 'inFlightCount' | 'attemptsByWord'> {
  return { inFlightCount: worker?.inFlightCount ?? 0, attemptsByWord: { ...worker?.attemptsByWord } }
}

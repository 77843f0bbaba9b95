import PQueue from 'p-queue'

/**
 * The gates that attempts pass: one per lane, then one for the whole process. Whoever waits at a lane holds no global slot.
 * They are gates, not a backlog: the worker asks the store only for as many deliveries as {@link Lanes.room} has free, so
 * something waits at a gate only while a quick retry comes back to a lane that filled up meanwhile, or a rate holds it.
 */
export interface Lanes {
  room(): Room
  /** Runs one attempt in a slot of its lane. `isRetry` counts against the share that retries may take. */
  run<Result>(lane: string, isRetry: boolean, attempt: () => Promise<Result>): Promise<Result>
}

/** Free slots. */
export interface Room {
  readonly total: number
  /** How many of `total` may go to deliveries that were attempted before. */
  readonly retries: number
  readonly perLane: number
  /** Lanes whose room is not `perLane`. */
  readonly byLane: ReadonlyMap<string, number>
}

export interface LaneOptions {
  /** Attempts at a time to one lane. */
  readonly perLane: number
  /** Attempts at a time in this process. */
  readonly total: number
  /** At most `count` attempts of this process begin per lane within `perMs`; null: no such bound. */
  readonly ratePerLane: { readonly count: number; readonly perMs: number } | null
}

/** The share of all slots that retries may take, so that fresh deliveries always find one. */
const retryShare = 0.75

export function createLanes(options: LaneOptions): Lanes {
  const gates = new Map<string, Gate>()
  const globalGate = new PQueue({ concurrency: options.total })
  const maxRetries = Math.max(1, Math.floor(options.total * retryShare))
  let usedCount = 0
  let usedByRetriesCount = 0

  function gateOf(lane: string): Gate {
    const gate = gates.get(lane) ?? { queue: createQueue(options), lastUsedAt: 0 }
    gates.set(lane, gate)
    gate.lastUsedAt = performance.now()
    return gate
  }

  /** A gate is dropped when idle, but with a rate not before its interval is over, since it counts what began in it. */
  function canDrop({ queue, lastUsedAt }: Gate): boolean {
    const keptForMs = options.ratePerLane?.perMs ?? 0
    return slotsOf(queue) === 0 && performance.now() - lastUsedAt >= keptForMs
  }

  return {
    room() {
      const byLane = new Map<string, number>()
      for (const [lane, gate] of gates) {
        if (canDrop(gate)) gates.delete(lane)
        else byLane.set(lane, roomOf(gate.queue, options.perLane))
      }
      return {
        total: Math.max(0, options.total - usedCount),
        retries: Math.max(0, maxRetries - usedByRetriesCount),
        perLane: options.perLane,
        byLane,
      }
    },
    async run(lane, isRetry, attempt) {
      usedCount += 1
      if (isRetry) usedByRetriesCount += 1
      try {
        return await gateOf(lane).queue.add(() => globalGate.add(attempt))
      } finally {
        usedCount -= 1
        if (isRetry) usedByRetriesCount -= 1
      }
    },
  }
}

interface Gate {
  readonly queue: PQueue
  /** On the monotonic clock. */
  lastUsedAt: number
}

function createQueue({ perLane, ratePerLane }: LaneOptions): PQueue {
  return ratePerLane === null
    ? new PQueue({ concurrency: perLane })
    : new PQueue({ concurrency: perLane, intervalCap: ratePerLane.count, interval: ratePerLane.perMs })
}

function roomOf(queue: PQueue, perLane: number): number {
  return queue.isRateLimited ? 0 : Math.max(0, perLane - slotsOf(queue))
}

function slotsOf(queue: PQueue): number {
  return queue.pending + queue.size
}

import PQueue from 'p-queue'

/**
 * The gates that attempts pass: one per lane, then one for the whole process. Whoever waits at a lane holds no global slot.
 * They are gates, not a backlog: the worker asks the store only for as many deliveries as {@link Lanes.room} has free, so
 * hardly anything ever waits at one.
 */
export interface Lanes {
  room(): Room
  /** Whether an attempt would begin at once in this lane. */
  hasRoom(lane: string): boolean
  /** Runs one attempt in a slot of its lane. */
  run<Result>(slot: SlotRequest, attempt: () => Promise<Result>): Promise<Result>
}

/** Whom a slot is for. */
export interface SlotRequest {
  readonly lane: string
  readonly subscriptionId: string
  /** Counts against the share that retries may take. */
  readonly isRetry: boolean
}

/** Free slots. */
export interface Room {
  readonly total: number
  /** How many of `total` may go to deliveries that were attempted before. */
  readonly retries: number
  readonly perLane: number
  /** Lanes whose room is not `perLane`. */
  readonly byLane: ReadonlyMap<string, number>
  /** For each subscription that `bySubscription` does not name. */
  readonly perSubscription: number
  /** Subscriptions whose room is another one: those that hold slots. */
  readonly bySubscription: ReadonlyMap<string, number>
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

/**
 * How many slots of a lane one of several subscriptions may hold: one that hangs leaves a quarter to the others, or the whole lane would
 * wait for its deadlines.
 */
function toShare(perLane: number): number {
  return Math.max(1, perLane - Math.max(1, Math.floor(perLane / 4)))
}

/**
 * @param onFreed called when a slot became free
 * @param isShared whether several subscriptions use a lane
 */
export function createLanes(
  options: LaneOptions,
  onFreed: () => void,
  isShared: (lane: string) => boolean,
): Lanes {
  const gates = new Map<string, Gate>()
  const holders = new Map<string, Holder>()
  const share = toShare(options.perLane)
  const globalGate = new PQueue({ concurrency: options.total })
  const maxRetries = Math.max(1, Math.floor(options.total * retryShare))
  let usedCount = 0
  let usedByRetriesCount = 0

  function gateOf(lane: string): Gate {
    const gate = gates.get(lane) ?? { queue: createQueue(options), startedAt: [] }
    gates.set(lane, gate)
    return gate
  }

  /** How many attempts may begin now, by the rate. */
  function startsLeft({ startedAt }: Gate): number {
    if (options.ratePerLane === null) return Number.POSITIVE_INFINITY
    const { count, perMs } = options.ratePerLane
    const oldest = performance.now() - perMs
    while (startedAt[0] !== undefined && startedAt[0] <= oldest) startedAt.shift()
    return count - startedAt.length
  }

  function roomOf(gate: Gate): number {
    return Math.max(0, Math.min(options.perLane - slotsOf(gate.queue), startsLeft(gate) - gate.queue.size))
  }

  function roomOfHolder({ lane, slotCount }: Holder): number {
    return Math.max(0, (isShared(lane) ? share : options.perLane) - slotCount)
  }

  function hold({ subscriptionId, lane }: SlotRequest, slotCount: number): void {
    const held = (holders.get(subscriptionId)?.slotCount ?? 0) + slotCount
    if (held === 0) holders.delete(subscriptionId)
    else holders.set(subscriptionId, { lane, slotCount: held })
  }

  const roomOfNewLane = Math.min(options.perLane, options.ratePerLane?.count ?? options.perLane)

  return {
    room() {
      const byLane = new Map<string, number>()
      for (const [lane, gate] of gates) {
        const room = roomOf(gate)
        // With a rate, a gate is kept until its interval is over, since it counts what began in it.
        if (slotsOf(gate.queue) === 0 && gate.startedAt.length === 0) gates.delete(lane)
        else byLane.set(lane, room)
      }
      return {
        total: Math.max(0, options.total - usedCount),
        retries: Math.max(0, maxRetries - usedByRetriesCount),
        perLane: roomOfNewLane,
        byLane,
        perSubscription: share,
        bySubscription: new Map(Array.from(holders, ([id, holder]) => [id, roomOfHolder(holder)])),
      }
    },
    hasRoom(lane) {
      const gate = gates.get(lane)
      return gate === undefined || roomOf(gate) > 0
    },
    async run(slot, attempt) {
      const gate = gateOf(slot.lane)
      usedCount += 1
      if (slot.isRetry) usedByRetriesCount += 1
      hold(slot, 1)
      try {
        return await gate.queue.add(() => {
          if (options.ratePerLane !== null) gate.startedAt.push(performance.now())
          return globalGate.add(attempt)
        })
      } finally {
        usedCount -= 1
        if (slot.isRetry) usedByRetriesCount -= 1
        hold(slot, -1)
        onFreed()
      }
    },
  }
}

interface Gate {
  readonly queue: PQueue
  /** When attempts began within the interval of the rate, on the monotonic clock; empty without a rate. */
  readonly startedAt: number[]
}

/** A subscription that holds slots. */
interface Holder {
  readonly lane: string
  readonly slotCount: number
}

function createQueue({ perLane, ratePerLane }: LaneOptions): PQueue {
  return ratePerLane === null
    ? new PQueue({ concurrency: perLane })
    : new PQueue({
        concurrency: perLane,
        intervalCap: ratePerLane.count,
        interval: ratePerLane.perMs,
        strict: true,
      })
}

function slotsOf(queue: PQueue): number {
  return queue.pending + queue.size
}

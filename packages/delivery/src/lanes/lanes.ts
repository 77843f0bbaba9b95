import PQueue from 'p-queue'

/**
 * The gates that attempts pass: one per lane, then one for the whole process. Whoever waits at a lane holds no global slot.
 * They are gates, not a backlog: the worker asks the store only for as many deliveries as {@link Lanes.room} has free, so
 * hardly anything ever waits at one.
 */
export interface Lanes {
  room(): Room
  /** Whether another attempt of a delivery would begin at once in this lane. */
  hasRoomForRetry(lane: string): boolean
  /** Runs one attempt in a slot of its lane. */
  run<Result>(slot: SlotRequest, attempt: () => Promise<Result>): Promise<Result>
}

/** Whom a slot is for. */
export interface SlotRequest {
  readonly lane: string
  readonly subscriptionId: string
  /** Counts against the share of pings, and against no other one. */
  readonly isPing: boolean
  /** Counts against the share that retries may take. */
  readonly isRetry: boolean
  /** Counts against the share of those whose health restrains them. */
  readonly isRestrained: boolean
}

/** Free slots. */
export interface Room {
  readonly total: number
  /** How many of `total` may go to deliveries that were attempted before. */
  readonly retries: number
  readonly perLane: number
  /** Lanes whose room is not `perLane`. */
  readonly byLane: ReadonlyMap<string, number>
  /** How many of `total` may go to subscriptions that their health restrains. */
  readonly restrained: number
  readonly restrainedPerLane: number
  /** Lanes whose room for those is not `restrainedPerLane`. */
  readonly restrainedByLane: ReadonlyMap<string, number>
  /** How many of `total` may go to pings. */
  readonly pings: number
  readonly pingsPerLane: number
  /** Lanes whose room for pings is not `pingsPerLane`. */
  readonly pingsByLane: ReadonlyMap<string, number>
  /** For each subscription that `bySubscription` does not name. */
  readonly perSubscription: number
  /** Subscriptions whose room is another one: those that hold slots. */
  readonly bySubscription: ReadonlyMap<string, number>
}

/** What one process sends at a time. A lane is what the subscriptions of one URL origin share. */
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
 * All but a quarter of some slots. So many may be held by one of several subscriptions of a lane, and by all those together that their
 * health restrains: what hangs leaves a quarter to the others, or all would wait for its deadlines.
 */
function toShare(slotCount: number): number {
  return Math.max(1, slotCount - toQuarter(slotCount))
}

/** So many may be held by all pings together: they go past whatever else holds a subscription back. */
function toQuarter(slotCount: number): number {
  return Math.max(1, Math.floor(slotCount / 4))
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
  const shareOfTotal = toShare(options.total)
  const pingsPerLane = toQuarter(options.perLane)
  let usedCount = 0
  let usedByRetriesCount = 0
  let usedByRestrainedCount = 0
  let usedByPingsCount = 0

  function gateOf(lane: string): Gate {
    const gate = gates.get(lane) ?? {
      queue: createQueue(options),
      startedAt: [],
      restrainedCount: 0,
      pingCount: 0,
      isWaiting: false,
    }
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

  /** Takes a slot, or gives it back. */
  function use(slot: SlotRequest, gate: Gate, slotCount: 1 | -1): void {
    usedCount += slotCount
    if (slot.isRetry) usedByRetriesCount += slotCount
    if (slot.isRestrained) {
      usedByRestrainedCount += slotCount
      gate.restrainedCount += slotCount
    }
    if (slot.isPing) {
      usedByPingsCount += slotCount
      gate.pingCount += slotCount
    } else {
      hold(slot, slotCount)
    }
  }

  /** A lane that used up its rate has room again when what began first leaves the interval, though no attempt ends then. */
  function noteStart(gate: Gate): void {
    if (options.ratePerLane === null) return
    gate.startedAt.push(performance.now())
    if (startsLeft(gate) > 0 || gate.isWaiting) return
    gate.isWaiting = true
    const leavesAt = (gate.startedAt[0] ?? 0) + options.ratePerLane.perMs
    const tellFreed = () => {
      gate.isWaiting = false
      onFreed()
    }
    setTimeout(tellFreed, Math.ceil(leavesAt - performance.now()) + 1).unref()
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
      const restrainedByLane = new Map<string, number>()
      const pingsByLane = new Map<string, number>()
      for (const [lane, gate] of gates) {
        const room = roomOf(gate)
        // With a rate, a gate is kept until its interval is over, since it counts what began in it.
        if (slotsOf(gate.queue) === 0 && gate.startedAt.length === 0) gates.delete(lane)
        else byLane.set(lane, room)
        // Those that are restrained make way for pings, or both together would have all.
        const heldCount = gate.restrainedCount + gate.pingCount
        if (heldCount > 0) restrainedByLane.set(lane, Math.max(0, share - heldCount))
        if (gate.pingCount > 0) pingsByLane.set(lane, Math.max(0, pingsPerLane - gate.pingCount))
      }
      return {
        total: Math.max(0, options.total - usedCount),
        retries: Math.max(0, maxRetries - usedByRetriesCount),
        restrained: Math.max(0, shareOfTotal - usedByRestrainedCount - usedByPingsCount),
        restrainedPerLane: share,
        restrainedByLane,
        pings: Math.max(0, toQuarter(options.total) - usedByPingsCount),
        pingsPerLane,
        pingsByLane,
        perLane: roomOfNewLane,
        byLane,
        perSubscription: share,
        bySubscription: new Map(Array.from(holders, ([id, holder]) => [id, roomOfHolder(holder)])),
      }
    },
    hasRoomForRetry(lane) {
      const gate = gates.get(lane)
      return usedByRetriesCount < maxRetries && (gate === undefined || roomOf(gate) > 0)
    },
    async run(slot, attempt) {
      const gate = gateOf(slot.lane)
      use(slot, gate, 1)
      try {
        return await gate.queue.add(() => {
          noteStart(gate)
          return globalGate.add(attempt)
        })
      } finally {
        use(slot, gate, -1)
        onFreed()
      }
    },
  }
}

interface Gate {
  readonly queue: PQueue
  /** When attempts began within the interval of the rate, on the monotonic clock; empty without a rate. */
  readonly startedAt: number[]
  restrainedCount: number
  pingCount: number
  /** Whether a timer tells when the rate gives room again. */
  isWaiting: boolean
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

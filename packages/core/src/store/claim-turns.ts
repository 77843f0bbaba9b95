import type { ClaimRequest } from './claim.ts'
import type { SharedRoom, SharedRoomKind, WaitingLines } from './waiting-lines.ts'

/**
 * Who is served by one claim, for every store alike. Queues are visited one after the other:
 *
 *   in line       those that a claim turned away for want of what there is room for now, in the order in which they were
 *   first turns   all others in a fixed order, from the cursor on: one delivery of each, until `maxCount`, the visit limit or the last
 *   more turns    round and round, one delivery of each, if this claim saw every queue there is
 *
 * The cursor alone makes turns fair while claims are cut short by `maxCount`. It cannot where something else runs out, the room of a
 * lane or a share: what is freed of it one by one would go to whoever comes first behind the cursor, again and again. So who is turned
 * away stands in line for it ({@link WaitingLines}), and is visited first when there is some of it again.
 */
export interface TurnQueue<Head extends TurnHead> {
  readonly subscriptionId: string
  readonly lane: string
  /** How many more its health lets lease, 0 while it is held back; null: unbounded, so that it is not restrained. */
  readonly slots: number | null
  /** The same for its lane. */
  readonly laneSlots: number | null
  /** Whether it may hold such that is due, which is not known of what has its place in an order; only who may stands in line. */
  readonly has: TurnFilter
  /** The delivery whose turn it is, or null. */
  peek(allowed: TurnFilter): Head | null
  /** Removes from the queue what `peek` just gave. */
  take(head: Head): void
}

/** What may be taken at the moment. */
export interface TurnFilter {
  readonly pings: boolean
  /** Of what is no ping; without `others` it means nothing. */
  readonly retries: boolean
  /** False while the queue or its lane is held back, or the caller has no room for it. */
  readonly others: boolean
}

/** What turns go by of the delivery at the head of a queue. */
export interface TurnHead {
  readonly isPing: boolean
  /** Whether it was attempted before. */
  readonly isRetry: boolean
}

/** What was taken, and the lane whose slot it fills. */
export interface Turn<Head> {
  readonly head: Head
  readonly lane: string
}

/** One queue in one claim. */
interface Visit<Head extends TurnHead> {
  readonly queue: TurnQueue<Head>
  readonly lane: LaneShares
  /** What the caller has room for. */
  room: number
  slots: number
}

/** What is left of something that queues share. */
interface Share extends SharedRoom {
  left: number
  /** Whether there was none from the beginning. */
  readonly isSpent: boolean
}

/** What is shared over all lanes. */
interface OverallShares {
  readonly retries: Share
  readonly restrained: Share
  readonly pings: Share
}

/** What the queues of a lane share, with others or among themselves. */
interface LaneShares {
  readonly room: Share
  /** Those that its health lets lease. */
  readonly slots: Share
  /** All that a ping needs, a delivery of a queue that is not restrained, of one that is, and besides that a retry. */
  readonly ofPings: readonly Share[]
  readonly ofOthers: readonly Share[]
  readonly ofRestrained: readonly Share[]
  readonly ofRetries: readonly Share[]
  readonly all: readonly Share[]
}

/**
 * Takes turns, and gives what was taken in the order of the turns.
 * @param queues those in line, then the others in their order and cut to the visit limit, each once; read no further than needed
 * @param isWholeRound asked when `queues` was read to its end: whether those are all queues there are
 */
export function takeTurns<Head extends TurnHead>(
  queues: Iterable<TurnQueue<Head>>,
  request: ClaimRequest,
  lines: WaitingLines,
  isWholeRound: () => boolean,
): readonly Turn<Head>[] {
  const taken: Turn<Head>[] = []
  const lanes = new Map<string, LaneShares>()
  const isFull = () => taken.length >= request.maxCount
  const overall: OverallShares = {
    retries: toShare('retries', null, request.maxRetries),
    restrained: toShare('restrained', null, request.maxRestrained),
    pings: toShare('pings', null, request.maxPings),
  }

  function visit(queue: TurnQueue<Head>): Visit<Head> {
    lines.visit(queue.subscriptionId, queue.lane)
    const lane = lanes.get(queue.lane) ?? toLaneShares(queue, overall, request)
    lanes.set(queue.lane, lane)
    const own = request.roomBySubscription.get(queue.subscriptionId) ?? request.maxPerSubscription
    return { queue, lane, room: own, slots: queue.slots ?? Number.POSITIVE_INFINITY }
  }

  /** Where only some queues are asked for, they pass nobody who stands in line. */
  function isOpen(share: Share, id: string): boolean {
    return share.left > 0 && (request.only === null || lines.isFirst(share, id))
  }

  /** What a queue may give now. It joins the lines for what it has to wait for, and leaves those where it had its chance. */
  function allowedOf({ queue, lane, room, slots }: Visit<Head>): TurnFilter {
    const { has, subscriptionId } = queue
    const areOpen = (shares: readonly Share[]) => shares.every((share) => isOpen(share, subscriptionId))
    const sharesOfOthers = queue.slots === null ? lane.ofOthers : lane.ofRestrained
    const wantsOthers = has.others && room > 0 && slots > 0
    const mayGivePings = has.pings && areOpen(lane.ofPings)
    const mayGiveOthers = wantsOthers && areOpen(sharesOfOthers)
    const mayGiveRetries = mayGiveOthers && has.retries && areOpen(lane.ofRetries)
    const allowed = { pings: mayGivePings, others: mayGiveOthers, retries: mayGiveRetries }
    const isAllOpen =
      mayGivePings === has.pings &&
      mayGiveOthers === wantsOthers &&
      (!mayGiveOthers || mayGiveRetries === has.retries)
    // As most claims find it.
    if (isAllOpen && lines.isEmpty) return allowed
    const wants = [
      ...(has.pings ? [lane.ofPings] : []),
      ...(wantsOthers ? [sharesOfOthers] : []),
      ...(mayGiveOthers && has.retries ? [lane.ofRetries] : []),
    ]
    stand(queue, lane, wants, wantsOthers && has.retries && !mayGiveOthers)
    return allowed
  }

  /**
   * @param wants what it wants, each with all that this needs
   * @param wantsRetries whether it wants those once it may give others
   */
  function stand(
    queue: TurnQueue<Head>,
    lane: LaneShares,
    wants: readonly (readonly Share[])[],
    wantsRetries: boolean,
  ): void {
    const { subscriptionId } = queue
    const missing = new Set<Share>()
    const kept = new Set<Share>(wantsRetries ? lane.ofRetries : [])
    for (const shares of wants) {
      const closed = shares.filter((share) => !isOpen(share, subscriptionId))
      for (const share of closed) missing.add(share)
      if (closed.length > 0) for (const share of shares) kept.add(share)
    }
    // A place is kept but where nobody can tell beforehand that something else is missing: it would hold up those behind.
    if (missing.has(lane.slots))
      for (const share of [...lane.ofRestrained, ...lane.ofRetries]) kept.delete(share)
    kept.delete(lane.room)
    // A slot that another process has is worth waiting for, the end of a parked lane is not.
    if (lane.slots.isSpent && missing.delete(lane.slots)) kept.add(lane.slots)
    const waiting = { subscriptionId, lane: queue.lane, isRestrained: queue.slots !== null }
    for (const share of lane.all) {
      if (missing.has(share)) lines.join(share, waiting)
      else if (!kept.has(share)) lines.leave(share, subscriptionId)
    }
  }

  function serve(visited: Visit<Head>): boolean {
    if (isFull()) return false
    const { queue, lane } = visited
    const allowed = allowedOf(visited)
    const head = allowed.pings || allowed.others ? queue.peek(allowed) : null
    if (head === null) return false
    queue.take(head)
    taken.push({ head, lane: queue.lane })
    const used = head.isPing ? lane.ofPings : queue.slots === null ? lane.ofOthers : lane.ofRestrained
    for (const share of used) share.left -= 1
    if (head.isPing) return true
    visited.room -= 1
    visited.slots -= 1
    if (head.isRetry) overall.retries.left -= 1
    return true
  }

  let round: Visit<Head>[] = []
  if (!isFull()) {
    for (const queue of queues) {
      const visited = visit(queue)
      if (serve(visited)) {
        lines.serve(queue.subscriptionId)
        round.push(visited)
      }
      if (isFull()) break
    }
  }
  while (!isFull() && round.length > 0 && isWholeRound()) round = round.filter(serve)
  return taken
}

/** @param overall those of all lanes */
function toLaneShares(
  { lane, laneSlots }: Pick<TurnQueue<TurnHead>, 'lane' | 'laneSlots'>,
  { retries, restrained, pings }: OverallShares,
  request: ClaimRequest,
): LaneShares {
  const { roomByLane, restrainedRoomByLane, pingRoomByLane } = request
  const restrainedRoom = restrainedRoomByLane.get(lane) ?? request.defaultRestrainedRoom
  const room = toShare('lane', lane, roomByLane.get(lane) ?? request.defaultRoom)
  const slots = toShare('laneSlots', lane, laneSlots ?? Number.POSITIVE_INFINITY)
  const restrainedInLane = toShare('laneRestrained', lane, restrainedRoom)
  const pingsInLane = toShare('lanePings', lane, pingRoomByLane.get(lane) ?? request.defaultPingRoom)
  return {
    room,
    slots,
    ofPings: [room, pingsInLane, pings],
    ofOthers: [room, slots],
    ofRestrained: [room, slots, restrainedInLane, restrained],
    ofRetries: [retries],
    all: [room, slots, restrainedInLane, pingsInLane, restrained, retries, pings],
  }
}

function toShare(kind: SharedRoomKind, lane: string | null, left: number): Share {
  return { kind, lane, name: lane === null ? kind : `${kind} ${lane}`, left, isSpent: left <= 0 }
}

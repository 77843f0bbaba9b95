import type { ClaimRequest } from './claim.ts'

/**
 * Who is served by one claim, for every store alike. Queues are visited in a fixed order, from the cursor on:
 *
 *   first turns   one delivery of each queue, until `maxCount`, the visit limit or the last queue
 *   held turns    queues of a crowded lane that were served before their neighbours the last time: what room is left
 *   more turns    round and round, one delivery of each, if this claim saw every queue there is
 *
 * The cursor makes turns fair over all queues. It cannot do so inside a lane: while a lane frees one slot at a time, each claim
 * would give it to the same queue. {@link LaneTurns} remembers for such a lane who came last.
 */
export interface TurnQueue<Head extends TurnHead> {
  readonly subscriptionId: string
  readonly lane: string
  /** How many more its health lets lease, 0 while it is held back; null: unbounded, so that it is not restrained. */
  readonly slots: number | null
  /** The same for its lane. */
  readonly laneSlots: number | null
  /** The delivery whose turn it is, or null. */
  peek(allowed: TurnFilter): Head | null
  /** Removes from the queue what `peek` just gave. */
  take(head: Head): void
}

/** What may be taken at the moment. */
export interface TurnFilter {
  readonly retries: boolean
  /** False while the queue or its lane is held back, or the caller has no room for it; pings go all the same. */
  readonly others: boolean
}

/** What turns go by of the delivery at the head of a queue. */
export interface TurnHead {
  readonly isPing: boolean
  /** Whether it was attempted before. */
  readonly isRetry: boolean
}

/** For each crowded lane the subscription that was served last. Kept by a handle and forgotten with it. */
export type LaneTurns = Map<string, string>

/** What was taken, and the lane whose slot it fills. */
export interface Turn<Head> {
  readonly head: Head
  readonly lane: string
}

/** More lanes than this are not remembered: the ones that came first are forgotten. */
const maxLaneTurns = 10_000

/** One queue in one claim. */
interface Visit<Head extends TurnHead> {
  readonly queue: TurnQueue<Head>
  readonly lane: LaneState
  /** What the caller has room for. */
  room: number
  slots: number | null
}

interface LaneState {
  room: number
  /** For queues that their health restrains. */
  restrainedRoom: number
  slots: number | null
  lastServedId: string | null
}

/**
 * Takes turns, and gives what was taken in the order of the turns.
 * @param queues in their order and cut to the visit limit; read no further than needed
 * @param isWholeRound asked when `queues` was read to its end: whether those are all queues there are
 */
export function takeTurns<Head extends TurnHead>(
  queues: Iterable<TurnQueue<Head>>,
  request: ClaimRequest,
  laneTurns: LaneTurns,
  isWholeRound: () => boolean,
): readonly Turn<Head>[] {
  const taken: Turn<Head>[] = []
  const lanes = new Map<string, LaneState>()
  const isFull = () => taken.length >= request.maxCount
  let retriesLeft = request.maxRetries
  let restrainedLeft = request.maxRestrained

  function visit(queue: TurnQueue<Head>): Visit<Head> {
    const lane = lanes.get(queue.lane) ?? {
      room: request.roomByLane.get(queue.lane) ?? request.defaultRoom,
      restrainedRoom: request.restrainedRoomByLane.get(queue.lane) ?? request.defaultRestrainedRoom,
      slots: queue.laneSlots,
      lastServedId: null,
    }
    lanes.set(queue.lane, lane)
    const own = request.roomBySubscription.get(queue.subscriptionId) ?? request.maxPerSubscription
    return { queue, lane, room: own, slots: queue.slots }
  }

  function serve(visited: Visit<Head>): boolean {
    const { queue, lane } = visited
    if (isFull() || lane.room <= 0) return false
    const isRestrained = queue.slots !== null
    const isHeldBack = isRestrained && (restrainedLeft <= 0 || lane.restrainedRoom <= 0)
    const head = queue.peek({
      retries: retriesLeft > 0,
      others: visited.room > 0 && !isHeldBack && hasSlot(visited.slots) && hasSlot(lane.slots),
    })
    if (head === null) return false
    queue.take(head)
    taken.push({ head, lane: queue.lane })
    if (head.isRetry) retriesLeft -= 1
    if (isRestrained && !head.isPing) {
      restrainedLeft -= 1
      lane.restrainedRoom -= 1
    }
    account(visited, head)
    return true
  }

  const again: Visit<Head>[] = []
  const held: Visit<Head>[] = []
  // Lanes of held queues that got nothing so far: a place is kept for each, lest other lanes take them all.
  const owed = new Set<string>()
  if (!isFull()) {
    for (const queue of queues) {
      const visited = visit(queue)
      const lastServedId = laneTurns.get(queue.lane)
      const isHeld = lastServedId !== undefined && queue.subscriptionId <= lastServedId
      if (isHeld) held.push(visited)
      else if (serve(visited)) again.push(visited)
      if (visited.lane.lastServedId !== null) owed.delete(queue.lane)
      else if (isHeld && visited.lane.room > 0 && visited.room > 0) owed.add(queue.lane)
      if (taken.length + owed.size >= request.maxCount) break
    }
  }
  again.push(...held.filter(serve))
  for (let round = again; !isFull() && round.length > 0 && isWholeRound(); ) round = round.filter(serve)
  rememberTurns(laneTurns, lanes)
  return taken
}

function account<Head extends TurnHead>(visited: Visit<Head>, head: Head): void {
  const { lane, queue } = visited
  lane.room -= 1
  lane.lastServedId = queue.subscriptionId
  if (head.isPing) return
  visited.room -= 1
  if (visited.slots !== null) visited.slots -= 1
  if (lane.slots !== null) lane.slots -= 1
}

function hasSlot(slots: number | null): boolean {
  return slots === null || slots > 0
}

/** A lane with room left needs no memory: all of its queues had their turn. */
function rememberTurns(laneTurns: LaneTurns, lanes: ReadonlyMap<string, LaneState>): void {
  for (const [name, lane] of lanes) {
    const isCrowded = lane.room <= 0 || !hasSlot(lane.slots)
    if (!isCrowded) laneTurns.delete(name)
    else if (lane.lastServedId !== null) laneTurns.set(name, lane.lastServedId)
  }
  for (const name of laneTurns.keys()) {
    if (laneTurns.size <= maxLaneTurns) break
    laneTurns.delete(name)
  }
}

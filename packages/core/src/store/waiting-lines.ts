import type { ClaimRequest } from './claim.ts'

/** What queues share and may have to wait for in a claim: the slots of their lane, and the shares of them. */
export interface SharedRoom {
  readonly kind: SharedRoomKind
  /** Unlike that of any other. */
  readonly name: string
  /** Null for what is of all lanes together. */
  readonly lane: string | null
}

/** `laneSlots`: what the health of the lane lets lease, as against the room that a caller has for it. */
export type SharedRoomKind =
  | 'lane'
  | 'laneSlots'
  | 'laneRestrained'
  | 'lanePings'
  | 'restrained'
  | 'retries'
  | 'pings'

/** Queues that one line holds; more join when they are turned away again. */
const maxLineLength = 1_000

/** Lines there are; a lane has one while it is crowded, and few can be at a time. */
const maxLines = 1_000

/** Queues of all lines that one claim comes to. */
const maxOffers = 100

/** What is known of a queue in line since it was visited last. */
export interface Waiting {
  readonly subscriptionId: string
  readonly lane: string
  readonly isRestrained: boolean
}

/** Numbered in the order in which they came, over all lines. */
interface Place extends Waiting {
  readonly number: number
}

/** A place in a line that a claim is about to come to. */
interface Offer {
  readonly id: string
  readonly number: number
  readonly line: Line
  /** The next of the line, if this one has nothing to give. */
  readonly next: () => Offer | null
}

interface Line extends SharedRoom {
  /** In their order. */
  readonly places: Map<string, Place>
}

/**
 * Who waits for what there was no room for: the queues that claims of one handle turned away, in the order in which they did. Kept by
 * a handle and forgotten with it.
 */
export class WaitingLines {
  #lines: Map<string, Line>
  /** Lines that no copy shares. */
  #own = new Set<Line>()
  /** What the claim under way has come to because it was in line, and what it has served. */
  readonly #offered = new Set<string>()
  readonly #served = new Set<string>()
  /** Whether the walk has the larger half of a claim. */
  #isWalksTurn = false
  #nextNumber = 0
  /** Of each line for a slot of a lane, when its first was asked for last. */
  #slotNumbers = new Map<string, number>()

  constructor() {
    this.#lines = new Map()
  }

  /** As it is now, whatever becomes of this one. */
  copy(): WaitingLines {
    const copy = new WaitingLines()
    copy.#lines = new Map(this.#lines)
    copy.#isWalksTurn = this.#isWalksTurn
    copy.#nextNumber = this.#nextNumber
    copy.#slotNumbers = new Map(this.#slotNumbers)
    this.#own = new Set()
    return copy
  }

  /** Whether nobody waits for anything. */
  get isEmpty(): boolean {
    return this.#lines.size === 0
  }

  /** Whether nobody else comes before this queue. */
  isFirst(room: SharedRoom, id: string): boolean {
    const places = this.#lines.get(room.name)?.places
    return places === undefined || places.keys().next().value === id
  }

  /** Who waits already keeps the place. */
  join(room: SharedRoom, queue: Waiting): void {
    const name = room.name
    const existing = this.#lines.get(name)
    if (existing === undefined && this.#lines.size >= maxLines && room.lane !== null) return
    const line: Line = existing ?? { name, kind: room.kind, lane: room.lane, places: new Map() }
    const known = line.places.get(queue.subscriptionId)
    if (known === undefined && line.places.size >= maxLineLength) return
    if (known?.lane === queue.lane && known.isRestrained === queue.isRestrained) return
    const { subscriptionId, lane, isRestrained } = queue
    const number = known?.number ?? this.#nextNumber
    this.#toOwn(line).places.set(subscriptionId, { subscriptionId, lane, isRestrained, number })
    this.#nextNumber += 1
  }

  leave(room: SharedRoom, id: string): void {
    const line = this.#lines.get(room.name)
    if (line?.places.has(id) === true) this.#remove(line, id)
  }

  /**
   * The queues to visit before all others: those who came first, of each line as many as there is room for, and the next of the line for
   * each that turns out to have nothing to give. So many of them may be served as are half of what is asked for, so that nobody
   * outside any line waits for those in one. To be read while the claim goes on, which tells of each that it serves.
   */
  *first(request: ClaimRequest): Generator<string> {
    this.#offered.clear()
    this.#served.clear()
    if (request.only !== null || request.maxCount <= 0 || this.#lines.size === 0) return
    let left = (request.maxCount + 1) >> 1
    // The odd one goes to the lines and to the others by turns.
    let isContested = request.maxCount % 2 === 1
    const open = [...this.#lines.values()]
      .flatMap((line) => this.#offersOf(line, request, left))
      .sort(byNumber)
    while (left > 0 && this.#offered.size < maxOffers) {
      const offer = open.shift()
      if (offer === undefined) return
      const { id, line, next } = offer
      if (!this.#offered.has(id)) {
        if (left === 1 && isContested) {
          isContested = false
          this.#isWalksTurn = !this.#isWalksTurn
          if (!this.#isWalksTurn) return
        }
        this.#offered.add(id)
        if (line.kind === 'laneSlots') this.#slotNumbers.set(line.name, this.#nextNumber++)
        yield id
        if (this.#served.has(id)) left -= 1
      }
      const other = this.#served.has(id) ? null : next()
      if (other !== null) {
        open.push(other)
        open.sort(byNumber)
      }
    }
  }

  /** Says that a claim has come to a queue. One that was moved to another lane leaves the lines of the old one. */
  visit(id: string, lane: string): void {
    if (!this.#offered.has(id)) return
    for (const line of this.#lines.values()) {
      const place = line.places.get(id)
      if (place === undefined || place.lane === lane) continue
      if (line.lane === null) this.#toOwn(line).places.set(id, { ...place, lane })
      else this.#remove(line, id)
    }
  }

  /** Says that a claim has taken something from a queue. */
  serve(id: string): void {
    this.#served.add(id)
  }

  /** Forgets a queue that is no more. */
  forget(id: string): void {
    for (const line of this.#lines.values()) if (line.places.has(id)) this.#remove(line, id)
  }

  #remove(line: Line, id: string): void {
    const own = this.#toOwn(line)
    own.places.delete(id)
    if (own.places.size > 0) return
    this.#lines.delete(own.name)
    this.#own.delete(own)
    this.#slotNumbers.delete(own.name)
  }

  /** As many of a line as there may be room for. */
  #offersOf(line: Line, request: ClaimRequest, maxCount: number): readonly Offer[] {
    const count = Math.min(maxCount, roomOf(line, request))
    if (count <= 0) return []
    const places = firstOf(line, request)
    if (line.kind === 'laneSlots') {
      const offer = nextOffer(line, places)
      // Only the store knows whether there is a slot: asked for in vain, it must not come before all others again.
      const number = this.#slotNumbers.get(line.name)
      return offer === null ? [] : [{ ...offer, number: number ?? offer.number, next: () => null }]
    }
    const offers: Offer[] = []
    while (offers.length < count) {
      const offer = nextOffer(line, places)
      if (offer === null) break
      offers.push(offer)
    }
    return offers
  }

  #toOwn(line: Line): Line {
    if (this.#own.has(line)) return line
    const own = { ...line, places: new Map(line.places) }
    this.#lines.set(line.name, own)
    this.#own.add(own)
    return own
  }
}

function nextOffer(line: Line, places: Iterator<Place, undefined>): Offer | null {
  const { value: place } = places.next()
  if (place === undefined) return null
  return { id: place.subscriptionId, number: place.number, line, next: () => nextOffer(line, places) }
}

/** Those that nothing else keeps from being served, as far as the request tells. */
function* firstOf(line: Line, request: ClaimRequest): Generator<Place, undefined> {
  for (const place of line.places.values()) {
    const isHeldUp = kindsBeside(line.kind, place).some(
      (kind) => roomOf({ kind, lane: place.lane }, request) <= 0,
    )
    if (!isHeldUp) yield place
  }
  return undefined
}

/** What a queue in a line needs besides. The line of a lane does not tell what its queues have. */
function kindsBeside(kind: SharedRoomKind, { isRestrained }: Waiting): readonly SharedRoomKind[] {
  if (kind === 'lane') return []
  if (kind === 'pings' || kind === 'lanePings') return ['lanePings']
  return isRestrained ? ['laneRestrained'] : ['lane']
}

/** How many of a line there may be room for. */
function roomOf({ kind, lane }: Pick<SharedRoom, 'kind' | 'lane'>, request: ClaimRequest): number {
  const laneRoom = lane === null ? Infinity : (request.roomByLane.get(lane) ?? request.defaultRoom)
  const restrained = lane === null ? undefined : request.restrainedRoomByLane.get(lane)
  const pings = lane === null ? undefined : request.pingRoomByLane.get(lane)
  switch (kind) {
    case 'lane':
      return laneRoom
    case 'laneSlots':
      // Whether there is one is in the store.
      return Math.min(1, laneRoom)
    case 'laneRestrained':
      return Math.min(laneRoom, restrained ?? request.defaultRestrainedRoom, request.maxRestrained)
    case 'lanePings':
      return Math.min(laneRoom, pings ?? request.defaultPingRoom, request.maxPings)
    case 'restrained':
      return request.maxRestrained
    case 'retries':
      return request.maxRetries
    case 'pings':
      return request.maxPings
  }
}

function byNumber(one: Offer, other: Offer): number {
  return one.number - other.number
}

import {
  type ClaimRequest,
  type TurnFilter,
  type TurnHead,
  type TurnQueue,
  takeTurns,
  WaitingLines,
} from '@posthorn/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** A queue with so much of each kind that none ever runs out. */
interface QueueFacts {
  readonly lane: string
  readonly isRestrained: boolean
  readonly gives: 'pings' | 'firstAttempts' | 'retries'
}

const lanes = ['https://a.example', 'https://b.example'] as const

const someQueues = fc.array(
  fc.record<QueueFacts>({
    lane: fc.constantFrom(...lanes),
    isRestrained: fc.boolean(),
    gives: fc.constantFrom('pings', 'firstAttempts', 'retries'),
  }),
  { minLength: 1, maxLength: 12 },
)

/** Room of each kind in one claim. */
const someRoom = fc.record({
  maxCount: fc.integer({ min: 1, max: 6 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  maxRestrained: fc.integer({ min: 0, max: 3 }),
  maxPings: fc.integer({ min: 0, max: 2 }),
  defaultRoom: fc.integer({ min: 0, max: 4 }),
  defaultRestrainedRoom: fc.integer({ min: 0, max: 2 }),
  defaultPingRoom: fc.integer({ min: 0, max: 1 }),
})

type Rooms = typeof someRoom extends fc.Arbitrary<infer Value> ? Value : never

function toRequest(rooms: Rooms, only: readonly string[] | null = null): ClaimRequest {
  return {
    owner: 'test',
    leaseMs: 1,
    maxPerSubscription: 100,
    roomBySubscription: new Map(),
    roomByLane: new Map(),
    restrainedRoomByLane: new Map(),
    pingRoomByLane: new Map(),
    cursor: null,
    only,
    ...rooms,
  }
}

/** Claims as a store does: those in line, then from the cursor on. */
function createSample(facts: readonly QueueFacts[]) {
  const lines = new WaitingLines()
  const ids = facts.map((_, place) => String(place).padStart(3, '0'))
  let cursor = 0

  function toQueue(id: string): TurnQueue<TurnHead> {
    const { lane, isRestrained, gives } = facts[Number(id)] ?? {
      lane: '',
      isRestrained: false,
      gives: 'retries',
    }
    const mayGive = (allowed: TurnFilter) =>
      gives === 'pings' ? allowed.pings : allowed.others && (gives !== 'retries' || allowed.retries)
    return {
      subscriptionId: id,
      lane,
      slots: isRestrained ? 100 : null,
      laneSlots: null,
      has: { pings: gives === 'pings', others: gives !== 'pings', retries: gives === 'retries' },
      peek: (allowed) =>
        mayGive(allowed) ? { isPing: gives === 'pings', isRetry: gives === 'retries' } : null,
      take: () => {},
    }
  }

  /** Gives who was served; one for each delivery. */
  function claim(rooms: Rooms, only: readonly string[] | null = null): readonly string[] {
    const request = toRequest(rooms, only)
    const served: string[] = []
    const visited = new Set<string>()
    let isAtEnd = false
    const begin = cursor
    function* queues(): Generator<TurnQueue<TurnHead>> {
      for (const id of only ?? lines.first(request)) {
        visited.add(id)
        yield toQueue(id)
      }
      if (only !== null) return
      for (const id of ids.slice(begin)) {
        cursor = Number(id) + 1
        if (!visited.has(id)) yield toQueue(id)
      }
      isAtEnd = true
    }
    function* noted(): Generator<TurnQueue<TurnHead>> {
      for (const queue of queues()) {
        yield { ...queue, take: () => void served.push(queue.subscriptionId) }
      }
    }
    takeTurns(noted(), request, lines, () => only !== null || (begin === 0 && isAtEnd))
    if (cursor >= ids.length) cursor = 0
    return served
  }

  function rewind(): void {
    cursor = 0
  }

  return { claim, ids, rewind }
}

/** Whether the queue alone would get something. */
function isServedAlone(facts: QueueFacts, rooms: Rooms): boolean {
  return createSample([facts]).claim({ ...rooms, maxCount: 1 }).length > 0
}

test('a claim that saw every queue leaves no room unused that one of them could use', () => {
  fc.assert(
    fc.property(someQueues, fc.array(someRoom, { minLength: 1, maxLength: 20 }), (facts, claims) => {
      const { claim, rewind } = createSample(facts)
      for (const rooms of claims) {
        rewind()
        const taken = claim(rooms).map((id) => facts[Number(id)])
        if (taken.length >= rooms.maxCount) continue
        const countOf = (isOne: (queue: QueueFacts) => boolean, lane?: string) =>
          taken.filter((queue) => queue && isOne(queue) && (lane ?? queue.lane) === queue.lane).length
        const isPing = ({ gives }: QueueFacts) => gives === 'pings'
        const isRestrained = (queue: QueueFacts) => queue.isRestrained && !isPing(queue)
        for (const queue of facts) {
          const left = {
            maxCount: 1,
            maxRetries: rooms.maxRetries - countOf(({ gives }) => gives === 'retries'),
            maxRestrained: rooms.maxRestrained - countOf(isRestrained),
            maxPings: rooms.maxPings - countOf(isPing),
            defaultRoom: rooms.defaultRoom - countOf(() => true, queue.lane),
            defaultRestrainedRoom: rooms.defaultRestrainedRoom - countOf(isRestrained, queue.lane),
            defaultPingRoom: rooms.defaultPingRoom - countOf(isPing, queue.lane),
          }
          expect(isServedAlone(queue, left)).toBe(false)
        }
      }
    }),
  )
})

test('whoever could be served is served within a bounded number of claims, whatever room there is in which', () => {
  fc.assert(
    fc.property(someQueues, fc.array(someRoom, { minLength: 1, maxLength: 8 }), (facts, cycle) => {
      const { claim, ids } = createSample(facts)
      const rooms = cycle.flatMap((room) => [room, { ...room, maxCount: 1 }])
      // In a cycle everybody could be served once, but for those that no claim has room for.
      const able = ids.filter((id) => {
        const queue = facts[Number(id)]
        return queue !== undefined && rooms.some((room) => isServedAlone(queue, room))
      })
      const counts = new Map<string, number>()
      const roundCount = 12 * ids.length
      for (let round = 0; round < roundCount; round += 1) {
        for (const room of rooms) for (const id of claim(room)) counts.set(id, (counts.get(id) ?? 0) + 1)
      }
      for (const id of able) expect(counts.get(id) ?? 0).toBeGreaterThan(2)
    }),
    { numRuns: 100 },
  )
})

test('claims of one queue only, made between all others, take what is shared from nobody', () => {
  const facts: readonly QueueFacts[] = [0, 1, 2].map(() => ({
    lane: lanes[0],
    isRestrained: true,
    gives: 'firstAttempts',
  }))
  const { claim } = createSample(facts)
  const rooms: Rooms = {
    maxCount: 9,
    maxRetries: 9,
    maxRestrained: 1,
    maxPings: 1,
    defaultRoom: 9,
    defaultRestrainedRoom: 9,
    defaultPingRoom: 1,
  }
  expect(claim(rooms)).toEqual(['000'])
  const served: string[] = []
  for (let count = 0; count < 6; count += 1) {
    const only = claim(rooms, ['000'])
    served.push(...(only.length > 0 ? only : claim(rooms)))
  }
  expect(served).toEqual(['001', '002', '000', '001', '002', '000'])
})

test('where all is taken by one slot at a time, those in line and those outside share it', () => {
  const facts: readonly QueueFacts[] = Array.from({ length: 10 }, (_, place) => ({
    lane: lanes[0],
    isRestrained: place < 8,
    gives: 'firstAttempts',
  }))
  const { claim } = createSample(facts)
  const rooms: Rooms = {
    maxCount: 1,
    maxRetries: 9,
    maxRestrained: 1,
    maxPings: 1,
    defaultRoom: 9,
    defaultRestrainedRoom: 9,
    defaultPingRoom: 1,
  }
  for (let count = 0; count < 30; count += 1) claim({ ...rooms, maxRestrained: 0 })
  const counts = new Map<string, number>()
  for (let count = 0; count < 80; count += 1) {
    for (const id of claim(rooms)) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  expect(counts.size).toBe(10)
  for (const [, count] of counts) expect(count).toBeGreaterThanOrEqual(4)
})

test('those in line leave half of a claim to the others', () => {
  const healthy = { lane: lanes[0], isRestrained: false, gives: 'firstAttempts' } as const
  const { claim, rewind } = createSample([
    ...Array.from({ length: 4 }, () => healthy),
    ...Array.from({ length: 4 }, () => ({ ...healthy, isRestrained: true })),
  ])
  const rooms = { maxCount: 8, maxRetries: 8, maxRestrained: 0, maxPings: 8, ...roomForAll }
  claim(rooms)
  rewind()
  expect(claim({ ...rooms, maxCount: 4, maxRestrained: 8 })).toEqual(['004', '005', '000', '001'])
})

const roomForAll = { defaultRoom: 8, defaultRestrainedRoom: 8, defaultPingRoom: 8 }

import { type ClaimRequest, WaitingLines } from '@posthorn/core'
import { expect, test } from 'vitest'

const request: ClaimRequest = {
  owner: 'test',
  leaseMs: 1,
  maxCount: 10,
  maxRetries: 10,
  maxRestrained: 10,
  maxPings: 10,
  maxPerSubscription: 10,
  roomBySubscription: new Map(),
  defaultRoom: 1,
  roomByLane: new Map(),
  defaultRestrainedRoom: 10,
  restrainedRoomByLane: new Map(),
  defaultPingRoom: 10,
  pingRoomByLane: new Map(),
  cursor: null,
  only: null,
}

const roomOf = (lane: string) => ({ kind: 'lane', lane, name: `lane ${lane}` }) as const
const slotsOf = (lane: string) => ({ kind: 'laneSlots', lane, name: `laneSlots ${lane}` }) as const
const waiting = (subscriptionId: string, lane: string) => ({ subscriptionId, lane, isRestrained: false })

/** Reads the offers as a claim does that serves those queues. */
function offers(lines: WaitingLines, changes: Partial<ClaimRequest> = {}, able: readonly string[] = []) {
  const offered: string[] = []
  for (const id of lines.first({ ...request, ...changes })) {
    offered.push(id)
    if (able.includes(id)) lines.serve(id)
  }
  return offered
}

test('a line goes on to its next queue until it has filled the room there is', () => {
  const lines = new WaitingLines()
  for (const id of ['a', 'b', 'c', 'd']) lines.join(roomOf('x'), waiting(id, 'x'))
  expect(offers(lines, {}, ['a'])).toEqual(['a'])
  expect(offers(lines, {}, ['c'])).toEqual(['a', 'b', 'c'])
  expect(offers(lines, { defaultRoom: 2 }, ['a', 'c', 'd'])).toEqual(['a', 'b', 'c'])
  expect(offers(lines, { defaultRoom: 0 }, ['a'])).toEqual([])
})

test('a claim comes to a bounded number of queues in line', () => {
  const lines = new WaitingLines()
  for (let place = 0; place < 1_500; place += 1) lines.join(roomOf('x'), waiting(String(place), 'x'))
  expect(offers(lines)).toHaveLength(100)
})

test('half of a claim at most is for those in line, and the odd one by turns', () => {
  const lines = new WaitingLines()
  const ids = ['a', 'b', 'c', 'd']
  for (const id of ids) lines.join(roomOf(id), waiting(id, id))
  expect(offers(lines, { maxCount: 4 }, ids)).toEqual(['a', 'b'])
  expect(offers(lines, { maxCount: 3 }, ids)).toHaveLength(2)
  expect(offers(lines, { maxCount: 3 }, ids)).toHaveLength(1)
  expect(offers(lines, { maxCount: 3 }, ids)).toHaveLength(2)
  expect(offers(lines, { maxCount: 1 }, ids)).toHaveLength(0)
  expect(offers(lines, { maxCount: 1 }, ids)).toHaveLength(1)
})

test('of the lines for slots that only the store knows, each is asked in its turn', () => {
  const lines = new WaitingLines()
  for (let place = 0; place < 150; place += 1)
    lines.join(slotsOf(`${place}`), waiting(`${place}`, `${place}`))
  const asked = [offers(lines, { maxCount: 2 }), offers(lines, { maxCount: 2 })]
  expect(new Set(asked.flat()).size).toBe(150)
})

test('who is offered and found in another lane leaves the lines of the old one, and keeps the others', () => {
  const lines = new WaitingLines()
  const retries = { kind: 'retries', lane: null, name: 'retries' } as const
  lines.join(roomOf('x'), waiting('a', 'x'))
  lines.join(retries, waiting('a', 'x'))
  lines.join(roomOf('x'), waiting('b', 'x'))
  for (const id of lines.first(request)) if (id === 'a') lines.visit('a', 'y')
  expect(lines.isFirst(roomOf('x'), 'b')).toBe(true)
  expect(lines.isFirst(retries, 'a')).toBe(true)
  expect(offers(lines, { roomByLane: new Map([['y', 0]]) })).toEqual(['b'])
})

test('lines are bounded in number and length', () => {
  const lines = new WaitingLines()
  for (let place = 0; place < 1_100; place += 1) {
    lines.join(roomOf('x'), waiting(String(place), 'x'))
    lines.join(roomOf(`lane ${place}`), waiting('a', `lane ${place}`))
  }
  for (let place = 0; place < 1_000; place += 1) lines.leave(roomOf('x'), String(place))
  expect(lines.isFirst(roomOf('x'), 'nobody')).toBe(true)
  expect(lines.isFirst(roomOf('lane 998'), 'nobody')).toBe(false)
  expect(lines.isFirst(roomOf('lane 999'), 'nobody')).toBe(true)
})

test('a copy is as it was, whatever becomes of the original', () => {
  const lines = new WaitingLines()
  for (const id of ['a', 'b']) lines.join(roomOf('x'), waiting(id, 'x'))
  const before = lines.copy()
  lines.leave(roomOf('x'), 'a')
  lines.join(roomOf('y'), waiting('c', 'y'))
  expect(offers(lines, {}, ['b', 'c'])).toEqual(['b', 'c'])
  expect(offers(before, {}, ['a'])).toEqual(['a'])
})

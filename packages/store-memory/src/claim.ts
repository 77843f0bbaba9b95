import { randomUUID } from 'node:crypto'
import {
  type ClaimAnswer,
  type ClaimedDelivery,
  type ClaimRequest,
  createKeyBudget,
  type HealthRecord,
  laneScope,
  maxQueuesPerClaim,
  queuesInOrder,
  subscriptionScope,
  type Turn,
  takeTurns,
  type WaitingLines,
} from '@posthorn/core'
import { copyBodies } from './append.ts'
import type { Data } from './data.ts'
import { takeBackOverLeases } from './leases.ts'
import { takeLease } from './lifecycle.ts'
import { QueueTurn } from './queue-turn.ts'
import { type DeliveryRow, type LeaseRow, toClaimedDelivery } from './rows.ts'

/** @param lines who waits, as this handle remembers it; changed by the call */
export function claim(data: Data, request: ClaimRequest, lines: WaitingLines): ClaimAnswer {
  const now = data.clock.now()
  takeBackOverLeases(data, now)
  const walk: Walk = { turns: [], cursor: request.cursor, isAtEnd: false }
  const turns = takeTurns(
    visitQueues(data, lines, request, walk, now),
    request,
    lines,
    () => request.only !== null || (request.cursor === null && walk.isAtEnd),
  )
  const leases = turns.map((turn) => lease(data, turn, request, now))
  return {
    storeNow: now,
    deliveries: toClaimed(data, leases),
    health: healthOf(data, leases),
    cursor: request.only !== null || isLastQueue(data, walk) ? null : walk.cursor,
    queuesWithMoreKeys: walk.turns.filter((turn) => turn.hasMoreKeys).map((turn) => turn.subscriptionId),
  }
}

interface Walk {
  /** One for each queue visited. */
  readonly turns: QueueTurn[]
  cursor: string | null
  isAtEnd: boolean
}

/** The queues behind the cursor, as far as they are taken. */
function* walkIds(data: Data, walk: Walk): Generator<string> {
  for (let visitedCount = 0; visitedCount < maxQueuesPerClaim; visitedCount += 1) {
    const id = data.queueOrder.after(walk.cursor)
    if (id === undefined) {
      walk.isAtEnd = true
      return
    }
    walk.cursor = id
    yield id
  }
  walk.isAtEnd = data.queueOrder.after(walk.cursor) === undefined
}

/** Nothing is removed from the order of the queues before the last turn is taken. */
function* visitQueues(
  data: Data,
  lines: WaitingLines,
  request: ClaimRequest,
  walk: Walk,
  now: number,
): Generator<QueueTurn> {
  const budget = createKeyBudget()
  const visited = new Set<string>()
  const others = request.only ?? walkIds(data, walk)
  for (const id of queuesInOrder(lines.first(request), others, budget)) {
    if (visited.has(id)) continue
    visited.add(id)
    const queue = data.queues.get(id)
    const subscription = data.subscriptions.get(id)
    if (queue === undefined || subscription === undefined) {
      lines.forget(id)
      continue
    }
    const turn = new QueueTurn(data, queue, subscription.record, now, budget)
    walk.turns.push(turn)
    yield turn
    if (budget.leftCount <= 0) break
  }
}

function isLastQueue(data: Data, walk: Walk): boolean {
  return walk.cursor === null || data.queueOrder.after(walk.cursor) === undefined
}

function lease(data: Data, { head, lane }: Turn<DeliveryRow>, request: ClaimRequest, now: number): LeaseRow {
  const { leaseMs } = request
  const taken: LeaseRow = { token: randomUUID(), row: head, lane, leaseMs, leasedUntil: now + leaseMs }
  takeLease(data, taken)
  return taken
}

/** Each body is copied once, however many deliveries send it. */
function toClaimed(data: Data, leases: readonly LeaseRow[]): readonly ClaimedDelivery[] {
  const bodies = [...new Set(leases.map(({ row }) => row.body))]
  const copies = copyBodies(bodies.map(({ bytes }) => bytes))
  const bytesByBody = new Map(bodies.map((body, place) => [body, copies[place] ?? null]))
  return leases.flatMap((taken) => {
    const subscription = data.subscriptions.get(taken.row.subscriptionId)
    const bytes = bytesByBody.get(taken.row.body) ?? null
    return subscription === undefined ? [] : toClaimedDelivery(taken, subscription.record, bytes)
  })
}

function healthOf(data: Data, leases: readonly LeaseRow[]): readonly HealthRecord[] {
  const scopes = new Set(
    leases.flatMap(({ row, lane }) => [subscriptionScope(row.subscriptionId), laneScope(lane)]),
  )
  return [...scopes].flatMap((scope) => data.health.get(scope) ?? [])
}

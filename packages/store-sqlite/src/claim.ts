import {
  type ClaimAnswer,
  type ClaimedDelivery,
  type ClaimRequest,
  createKeyBudget,
  type EventKey,
  type HealthRecord,
  type KeyBudget,
  laneScope,
  queuesInOrder,
  subscriptionScope,
  type Turn,
  takeTurns,
  type WaitingLines,
} from '@posthorn/core'
import { isSet, numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { readHealth } from './health.ts'
import { createToken } from './lease-columns.ts'
import { takeBackOverLeases } from './leases.ts'
import type { Head } from './queue-heads.ts'
import { QueueTurn } from './queue-turn.ts'
import { pickQueues, QueueWalk } from './queue-walk.ts'
import { SharedParts } from './shared-parts.ts'

const readHead = sql(`
  select d.id, d.event_seq, d.subscription_id, d.dialect, d.variant, d.part, d.is_ping, d.attempt_count,
    d.counted_attempt_count, d.order_key is not null as is_ordered, d.created_at, d.due_at,
    e.id as event_id, e.key as event_key, e.depth
  from deliveries d
  join events e on e.seq = d.event_seq
  where d.seq = :seq
`)

// Without a `returning`: it would write each row to a table of its own first, which costs as much again.
const lease = sql(`
  update deliveries
  set rank = null, lease_token = :token, lease_owner = :owner, lease_ms = :lease_ms,
    leased_until = :now + :lease_ms, held_from = :now - :lease_ms,
    leased_lane = case when is_ping then null else :lane end
  where seq = :seq
`)

/**
 * Leases due deliveries, the heads of the queues in turn; `docs/store-port.md` tells the steps. A crash before the commit costs
 * nothing; after it, the leases run out and are taken back.
 *
 * @param lines who waits, as this handle remembers it; changed by the call
 */
export function claim(
  database: Database,
  now: number,
  request: ClaimRequest,
  lines: WaitingLines,
): ClaimAnswer {
  takeBackOverLeases(database, now)
  const walk = new QueueWalk(database, request.cursor, now)
  const budget = createKeyBudget()
  const visited = new Map<string, Visited>()
  const queues = queuesInOrder(
    pickInLine(database, walk, lines, request, now),
    request.only === null ? walk.queues() : pickQueues(database, request.only, now),
    budget,
  )
  let turns: readonly Turn<Head>[]
  try {
    turns = takeTurns(
      visitQueues(database, queues, visited, budget, now),
      request,
      lines,
      () => request.only !== null || (request.cursor === null && walk.isAtEnd),
    )
  } finally {
    walk.end()
  }
  for (const { turn } of visited.values()) turn.save()
  const shared = new SharedParts(database)
  const deliveries = turns.map((turn) => takeLease(database, turn, shared, request, now))
  return {
    storeNow: now,
    deliveries,
    health: healthOf(database, deliveries, visited),
    cursor: request.only === null ? walk.next : null,
    queuesWithMoreKeys: [...visited].filter(([, { turn }]) => turn.hasMoreKeys).map(([id]) => id),
  }
}

/** A queue of this claim, with its row of the walk. */
interface Visited {
  readonly turn: QueueTurn
  readonly facts: Row
}

function* pickInLine(
  database: Database,
  walk: QueueWalk,
  lines: WaitingLines,
  request: ClaimRequest,
  now: number,
): Generator<Row> {
  for (const id of lines.first(request)) {
    const ahead = walk.find(id, request.maxCount)
    if (ahead === null) yield* pickQueues(database, [id], now, (missing) => lines.forget(missing))
    else yield ahead
  }
}

/** Nothing is written before the last turn is taken. */
function* visitQueues(
  database: Database,
  queues: Iterable<Row>,
  visited: Map<string, Visited>,
  budget: KeyBudget,
  now: number,
): Generator<QueueTurn> {
  for (const facts of queues) {
    if (visited.has(textOf(facts, 'id'))) continue
    const turn = new QueueTurn(database, facts, now, budget)
    visited.set(turn.subscriptionId, { turn, facts })
    yield turn
    if (budget.leftCount <= 0) return
  }
}

function takeLease(
  database: Database,
  { head, lane }: Turn<Head>,
  shared: SharedParts,
  { owner, leaseMs }: ClaimRequest,
  now: number,
): ClaimedDelivery {
  const { seq } = head
  const token = createToken(seq)
  const row = database.get(readHead, { seq }) ?? {}
  database.run(lease, { seq, token, owner, lease_ms: leaseMs, lane, now })
  const subscriptionId = textOf(row, 'subscription_id')
  return {
    token,
    deliveryId: textOf(row, 'id'),
    body: {
      eventId: textOf(row, 'event_id'),
      dialect: textOf(row, 'dialect'),
      variant: textOf(row, 'variant'),
      part: numberOf(row, 'part'),
    },
    bytes: shared.bytes(row),
    eventKey: textOf(row, 'event_key') as EventKey,
    depth: numberOf(row, 'depth'),
    subscriptionId,
    subscription: shared.subscription(subscriptionId),
    lane,
    isPing: isSet(row, 'is_ping'),
    isOrdered: isSet(row, 'is_ordered'),
    attemptNumber: numberOf(row, 'attempt_count') + 1,
    countedAttemptCount: numberOf(row, 'counted_attempt_count'),
    createdAt: numberOf(row, 'created_at'),
    dueAt: numberOf(row, 'due_at'),
  }
}

function healthOf(
  database: Database,
  deliveries: readonly ClaimedDelivery[],
  visited: ReadonlyMap<string, Visited>,
): readonly HealthRecord[] {
  const scopes = new Set(
    deliveries.flatMap(({ subscriptionId, lane }) => {
      const facts = visited.get(subscriptionId)?.facts ?? {}
      return [
        ...(facts.health_version === null ? [] : [subscriptionScope(subscriptionId)]),
        ...(facts.lane_health_version === null ? [] : [laneScope(lane)]),
      ]
    }),
  )
  return [...scopes].flatMap((scope) => readHealth(database, scope) ?? [])
}

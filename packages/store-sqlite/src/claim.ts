import { randomUUID } from 'node:crypto'
import {
  type ClaimAnswer,
  type ClaimedDelivery,
  type ClaimRequest,
  type EventKey,
  type HealthRecord,
  type LaneTurns,
  laneScope,
  subscriptionScope,
  type Turn,
  takeTurns,
} from '@posthorn/core'
import { isSet, numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { readHealth } from './health.ts'
import { takeBackOverLeases } from './leases.ts'
import type { Head } from './queue-heads.ts'
import { QueueTurn } from './queue-turn.ts'
import { QueueWalk } from './queue-walk.ts'

// The subscription and the lane are null for a ping, which does not count against their health.
const lease = sql(`
  update deliveries
  set rank = null, lease_token = :token, lease_owner = :owner, lease_ms = :lease_ms,
    leased_until = :now + :lease_ms, held_from = :now - :lease_ms,
    leased_subscription_id = case when is_ping then null else subscription_id end,
    leased_lane = case when is_ping then null else :lane end
  where seq = :seq
  returning id, event_seq, subscription_id, dialect, variant, part, is_ping, attempt_count, counted_attempt_count,
    order_key is not null as is_ordered, created_at, due_at
`)

const readEvent = sql('select id, key, depth from events where seq = :seq')

/**
 * Leases due deliveries, the heads of the queues in turn; `docs/store-port.md` tells the steps. A crash before the commit costs
 * nothing; after it, the leases run out and are taken back.
 *
 * @param laneTurns what this handle remembers of crowded lanes; changed by the call
 */
export function claim(
  database: Database,
  now: number,
  request: ClaimRequest,
  laneTurns: LaneTurns,
): ClaimAnswer {
  takeBackOverLeases(database, now)
  const walk = new QueueWalk(database, request.cursor)
  const visited = new Map<string, Visited>()
  const turns = takeTurns(
    visitQueues(database, walk, visited, now),
    request,
    laneTurns,
    () => request.cursor === null && walk.isAtEnd,
  )
  for (const { turn } of visited.values()) turn.save()
  const deliveries = takeLeases(database, turns, visited, request, now)
  return { storeNow: now, deliveries, health: healthOf(database, deliveries, visited), cursor: walk.next }
}

/** A queue of this claim, with its row of the walk. */
interface Visited {
  readonly turn: QueueTurn
  readonly facts: Row
}

/** Nothing is written before the last turn is taken. */
function* visitQueues(
  database: Database,
  walk: QueueWalk,
  visited: Map<string, Visited>,
  now: number,
): Generator<QueueTurn> {
  for (const facts of walk.queues()) {
    const turn = new QueueTurn(database, facts, now)
    visited.set(turn.subscriptionId, { turn, facts })
    yield turn
  }
}

function takeLeases(
  database: Database,
  turns: readonly Turn<Head>[],
  visited: ReadonlyMap<string, Visited>,
  { owner, leaseMs }: ClaimRequest,
  now: number,
): readonly ClaimedDelivery[] {
  const events = new Map<number, Row>()
  return turns.map(({ head, lane }) => {
    const token = randomUUID()
    const row = database.get(lease, { seq: head.seq, token, owner, lease_ms: leaseMs, lane, now }) ?? {}
    const eventSeq = numberOf(row, 'event_seq')
    const event = events.get(eventSeq) ?? database.get(readEvent, { seq: eventSeq }) ?? {}
    events.set(eventSeq, event)
    const subscriptionId = textOf(row, 'subscription_id')
    const subscriptionVersion = numberOf(visited.get(subscriptionId)?.facts ?? {}, 'version')
    return parseClaimed(row, event, { token, lane, subscriptionId, subscriptionVersion })
  })
}

function parseClaimed(
  row: Row,
  event: Row,
  lease: Pick<ClaimedDelivery, 'token' | 'lane' | 'subscriptionId' | 'subscriptionVersion'>,
): ClaimedDelivery {
  return {
    ...lease,
    deliveryId: textOf(row, 'id'),
    body: {
      eventId: textOf(event, 'id'),
      dialect: textOf(row, 'dialect'),
      variant: textOf(row, 'variant'),
      part: numberOf(row, 'part'),
    },
    eventKey: textOf(event, 'key') as EventKey,
    depth: numberOf(event, 'depth'),
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

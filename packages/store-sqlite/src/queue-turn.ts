import type { KeyBudget, TurnFilter, TurnQueue } from '@posthorn/core'
import { isSet, numberOf, numberOrNull, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { OrderedHeads } from './ordered-heads.ts'
import { DueHeads, type Head, ranks } from './queue-heads.ts'
import { isStopped } from './rows.ts'

// Counted no further than the bound.
const countOfSubscription = sql(`
  select count(*) as count from (
    select 1 from deliveries where leased_lane = :lane and subscription_id = :id limit :max_count
  )
`)

const countOfLane = sql(`
  select count(*) as count from (select 1 from deliveries where leased_lane = :lane limit :max_count)
`)

/** One queue as one claim sees it. */
export class QueueTurn implements TurnQueue<Head> {
  readonly subscriptionId: string
  readonly lane: string
  readonly slots: number | null
  readonly laneSlots: number | null
  readonly has: TurnFilter
  readonly #pings: DueHeads | null
  readonly #firstAttempts: DueHeads | null
  readonly #retries: DueHeads | null
  readonly #ordered: OrderedHeads | null

  /** @param facts a row of the walk */
  constructor(database: Database, facts: Row, now: number, budget: KeyBudget) {
    const id = textOf(facts, 'id')
    this.subscriptionId = id
    this.lane = textOf(facts, 'lane')
    this.slots = isStopped(facts) ? 0 : slotsOfSubscription(database, facts, now)
    this.laneSlots = slotsOfLane(database, facts, now)
    const retries = isSet(facts, 'has_retries') || isSet(facts, 'has_ordered')
    this.has = {
      pings: isSet(facts, 'has_pings'),
      retries,
      others: retries || isSet(facts, 'has_first_attempts'),
    }
    const headsOf = (column: string, rank: number) =>
      isSet(facts, column) ? new DueHeads(database, id, rank, now) : null
    this.#pings = headsOf('has_pings', ranks.ping)
    this.#firstAttempts = headsOf('has_first_attempts', ranks.firstAttempt)
    this.#retries = headsOf('has_retries', ranks.retry)
    this.#ordered = isSet(facts, 'has_ordered')
      ? new OrderedHeads(database, id, textOf(facts, 'last_order_key'), now, budget)
      : null
  }

  /** Whether order keys are left behind the last one visited. */
  get hasMoreKeys(): boolean {
    return this.#ordered?.hasMore === true
  }

  peek(allowed: TurnFilter): Head | null {
    const ping = allowed.pings ? (this.#pings?.peek() ?? null) : null
    if (ping !== null || !allowed.others) return ping
    const retry = allowed.retries ? (this.#retries?.peek() ?? null) : null
    const ordered = this.#ordered?.peek(allowed.retries) ?? null
    return earlier(earlier(this.#firstAttempts?.peek() ?? null, retry), ordered)
  }

  take(head: Head): void {
    if (head.orderKey !== null) this.#ordered?.take()
    else if (head.isPing) this.#pings?.take()
    else if (head.isRetry) this.#retries?.take()
    else this.#firstAttempts?.take()
  }

  /** Keeps what the next claim has to know. */
  save(): void {
    this.#ordered?.save()
  }
}

/** How many more may be leased, 0 while parked; null: unbounded. @param facts a row of the walk */
export function slotsOfSubscription(database: Database, facts: Row, now: number): number | null {
  if (isParked(facts, 'parked_until', now)) return 0
  const maxCount = numberOrNull(facts, 'max_leased_count')
  if (maxCount === null) return null
  const row = database.get(countOfSubscription, {
    id: textOf(facts, 'id'),
    lane: textOf(facts, 'lane'),
    max_count: maxCount,
  })
  return maxCount - numberOf(row ?? {}, 'count')
}

/** The same for the lane. */
export function slotsOfLane(database: Database, facts: Row, now: number): number | null {
  if (isParked(facts, 'lane_parked_until', now)) return 0
  const maxCount = numberOrNull(facts, 'lane_max_leased_count')
  if (maxCount === null) return null
  const row = database.get(countOfLane, { lane: textOf(facts, 'lane'), max_count: maxCount })
  return maxCount - numberOf(row ?? {}, 'count')
}

function isParked(facts: Row, column: string, now: number): boolean {
  const parkedUntil = numberOrNull(facts, column)
  return parkedUntil !== null && parkedUntil > now
}

function earlier(one: Head | null, other: Head | null): Head | null {
  if (one === null || other === null) return one ?? other
  const isFirst = one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.seq < other.seq)
  return isFirst ? one : other
}

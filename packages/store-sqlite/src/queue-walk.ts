import { maxQueuesPerClaim } from '@posthorn/core'
import { textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'

const queueColumns = `s.id, s.version, s.lane, s.is_active, s.disabled, s.last_order_key,
    sh.version as health_version, sh.parked_until, sh.max_leased_count,
    lh.version as lane_health_version, lh.parked_until as lane_parked_until,
    lh.max_leased_count as lane_max_leased_count,
    exists (select 1 from deliveries d where d.subscription_id = s.id and d.rank = 0 and d.due_at <= :now) as has_pings,
    exists (select 1 from deliveries d where d.subscription_id = s.id and d.rank = 1 and d.due_at <= :now) as has_first_attempts,
    exists (select 1 from deliveries d where d.subscription_id = s.id and d.rank = 2 and d.due_at <= :now) as has_retries,
    exists (select 1 from deliveries d where d.subscription_id = s.id and d.order_key is not null) as has_ordered`

const queueHealth = `left join health sh on sh.scope = 'subscription:' || s.id
  left join health lh on lh.scope = 'lane:' || s.lane`

/**
 * The queues that hold something that waits, in the order of their ids, with what a claim must know of each: a loose index
 * scan, one seek per queue over however many rows. `queues` gives the first ids and how to find the next one.
 */
const walk = sql(`
  with recursive queue (subscription_id, nth) as (
    select min(subscription_id), 1 from (
      select min(subscription_id) as subscription_id from deliveries
      where rank is not null and subscription_id > :cursor
      union all
      select min(subscription_id) from deliveries
      where order_key is not null and subscription_id > :cursor
    )
    union all
    select (
      select min(subscription_id) from (
        select min(subscription_id) as subscription_id from deliveries
        where rank is not null and subscription_id > queue.subscription_id
        union all
        select min(subscription_id) from deliveries
        where order_key is not null and subscription_id > queue.subscription_id
      )
    ), nth + 1
    from queue
    where queue.subscription_id is not null and nth < :max_queues
  )
  select ${queueColumns}
  from queue
  join subscriptions s on s.id = queue.subscription_id
  ${queueHealth}
`)

const readOne = sql(`
  select ${queueColumns}
  from subscriptions s
  ${queueHealth}
  where s.id = :id
`)

const isBehind = sql(`
  select exists (select 1 from deliveries where rank is not null and subscription_id > :cursor)
    or exists (select 1 from deliveries where order_key is not null and subscription_id > :cursor) as is_behind
`)

/**
 * Those of some queues that exist, in the order asked, with the same facts as of a walk.
 * @param onMissing called with those that do not
 */
export function* pickQueues(
  database: Database,
  ids: Iterable<string>,
  now: number,
  onMissing: (id: string) => void = () => {},
): Generator<Row> {
  for (const id of ids) {
    const row = database.get(readOne, { id, now })
    if (row === undefined) onMissing(id)
    else yield row
  }
}

/** One way along the queues, read no further than it is taken. */
export class QueueWalk {
  readonly #database: Database
  readonly #now: number
  #cursor: string | null
  #isAtEnd = false
  #rows: Iterator<Row> | null = null
  #isRead = false
  /** Read, and not yet given in its turn. */
  readonly #ahead: Row[] = []

  /** @param cursor the queue behind which it begins */
  constructor(database: Database, cursor: string | null, now: number) {
    this.#database = database
    this.#now = now
    this.#cursor = cursor
  }

  /** Whether every queue from the first cursor on was given. */
  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  /** The queue that was given last, or null if there is none behind it. */
  get next(): string | null {
    return this.#cursor !== null && this.#hasMore() ? this.#cursor : null
  }

  /** The rows of the walk, each once. */
  *queues(): Generator<Row> {
    try {
      for (let row = this.#take(); row !== null; row = this.#take()) {
        this.#cursor = textOf(row, 'id')
        yield row
      }
    } finally {
      this.end()
    }
    this.#isAtEnd = !this.#hasMore()
  }

  /**
   * The row of a queue that is to be visited out of its turn, if it is among the next few of the walk: they are most likely needed in
   * their turn as well, and one by one they cost several times more. Null if it is not.
   * @param maxCount rows to read ahead at most
   */
  find(id: string, maxCount: number): Row | null {
    for (const row of this.#ahead) if (row.id === id) return row
    while (this.#ahead.length < maxCount && !this.#isBehind(id)) {
      const row = this.#read()
      if (row === null) return null
      this.#ahead.push(row)
      if (row.id === id) return row
    }
    return null
  }

  /** Whether what was read reaches beyond an id. */
  #isBehind(id: string): boolean {
    const last = this.#ahead.at(-1)
    return last !== undefined && textOf(last, 'id') > id
  }

  /** To be called when nothing more is read: a statement that is left in the midst of its rows keeps its transaction open. */
  end(): void {
    this.#rows?.return?.()
    this.#isRead = true
  }

  #take(): Row | null {
    return this.#ahead.shift() ?? this.#read()
  }

  #read(): Row | null {
    if (this.#isRead) return null
    this.#rows ??= this.#database
      .each(walk, { cursor: this.#cursor ?? '', max_queues: maxQueuesPerClaim, now: this.#now })
      [Symbol.iterator]()
    const next = this.#rows.next()
    if (next.done !== true) return next.value
    this.#isRead = true
    return null
  }

  #hasMore(): boolean {
    return this.#database.get(isBehind, { cursor: this.#cursor ?? '' })?.is_behind === 1
  }
}

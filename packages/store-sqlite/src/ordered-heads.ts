import { type KeyBudget, KeyVisits } from '@posthorn/core'
import { numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import type { Head } from './queue-heads.ts'

const nextKey = sql(`
  select order_key, seq, due_at, lease_token, attempt_count from deliveries
  where subscription_id = :id and order_key > :after
  order by order_key, seq
  limit 1
`)

const firstKey = sql(`
  select order_key, seq, due_at, lease_token, attempt_count from deliveries
  where subscription_id = :id and order_key is not null
  order by order_key, seq
  limit 1
`)

const remember = sql('update subscriptions set last_order_key = :order_key where id = :id')

/**
 * The heads of the order keys of one queue: for each key the oldest unfinished row, which alone may go. Keys are visited from
 * behind the one visited last on, each once in a claim, since its head may have been taken.
 */
export class OrderedHeads {
  readonly #database: Database
  readonly #id: string
  readonly #now: number
  readonly #startKey: string
  readonly #visits: KeyVisits
  #lastKey: string
  #firstVisited: string | null = null
  #current: (Head & { readonly orderKey: string }) | null = null

  constructor(database: Database, id: string, lastOrderKey: string, now: number, budget: KeyBudget) {
    this.#database = database
    this.#id = id
    this.#now = now
    this.#startKey = lastOrderKey
    this.#lastKey = lastOrderKey
    this.#visits = new KeyVisits(budget)
  }

  /** Whether keys are left behind the last one visited. */
  get hasMore(): boolean {
    return this.#visits.isCutShort && this.#next() !== undefined
  }

  /** The next head that may go. */
  peek(areRetriesAllowed: boolean): Head | null {
    const mayGo = (head: Head) => areRetriesAllowed || !head.isRetry
    if (this.#current !== null && mayGo(this.#current)) return this.#current
    while (this.#visits.mayGoOn) {
      this.#pass()
      const head = this.#visitNext()
      if (head !== null && mayGo(head)) return head
    }
    return null
  }

  take(): void {
    this.#pass()
  }

  /** Keeps the place for the next claim. */
  save(): void {
    if (this.#lastKey !== this.#startKey)
      this.#database.run(remember, { id: this.#id, order_key: this.#lastKey })
  }

  #pass(): void {
    if (this.#current !== null) this.#lastKey = this.#current.orderKey
    this.#current = null
  }

  #next(): Row | undefined {
    return this.#database.get(nextKey, { id: this.#id, after: this.#lastKey })
  }

  /** Null if the head of the next key is leased or not yet due, or there is no key left. */
  #visitNext(): Head | null {
    const next = this.#next()
    const row = next ?? this.#database.get(firstKey, { id: this.#id })
    const orderKey = row === undefined ? null : textOf(row, 'order_key')
    if (row === undefined || orderKey === null || orderKey === this.#firstVisited) {
      this.#visits.end()
      return null
    }
    this.#firstVisited ??= orderKey
    this.#visits.visit(next === undefined)
    const dueAt = numberOf(row, 'due_at')
    if (row.lease_token !== null || dueAt > this.#now) {
      this.#lastKey = orderKey
      return null
    }
    const isRetry = numberOf(row, 'attempt_count') > 0
    this.#current = { seq: numberOf(row, 'seq'), dueAt, orderKey, isPing: false, isRetry }
    return this.#current
  }
}

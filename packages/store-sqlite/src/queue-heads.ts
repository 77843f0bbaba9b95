import type { TurnHead } from '@posthorn/core'
import { numberOf } from './database/columns.ts'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'

/** A delivery at the head of its queue. */
export interface Head extends TurnHead {
  readonly seq: number
  readonly dueAt: number
  /** Null outside any order. */
  readonly orderKey: string | null
}

/** What a row waits as; the numbers are in the schema. */
export const ranks = { ping: 0, firstAttempt: 1, retry: 2 } as const

const readDue = sql(`
  select seq, due_at from deliveries
  where subscription_id = :id and rank = :rank and due_at <= :now and (due_at, seq) > (:last_due_at, :last_seq)
  order by due_at, seq
  limit :count
`)

/** Rows of the first reading: most queues give no more than one in one claim. */
const firstReadCount = 1

/** How many times more the next reading takes. */
const growth = 8

/** What is due in one queue with one rank, by due time. Read in growing steps, while nothing changes. */
export class DueHeads {
  readonly #database: Database
  readonly #id: string
  readonly #rank: number
  readonly #now: number
  /** Of the last reading. */
  #heads: readonly Head[] = []
  #takenCount = 0
  #askedCount = 0

  constructor(database: Database, id: string, rank: number, now: number) {
    this.#database = database
    this.#id = id
    this.#rank = rank
    this.#now = now
  }

  peek(): Head | null {
    const isAtEnd = this.#heads.length < this.#askedCount
    if (this.#takenCount === this.#heads.length && !isAtEnd) this.#read()
    return this.#heads[this.#takenCount] ?? null
  }

  take(): void {
    this.#takenCount += 1
  }

  #read(): void {
    const last = this.#heads.at(-1)
    this.#askedCount = last === undefined ? firstReadCount : this.#askedCount * growth
    this.#takenCount = 0
    const rows = this.#database.all(readDue, {
      id: this.#id,
      rank: this.#rank,
      now: this.#now,
      last_due_at: last?.dueAt ?? Number.MIN_SAFE_INTEGER,
      last_seq: last?.seq ?? 0,
      count: this.#askedCount,
    })
    this.#heads = rows.map((row) => ({
      seq: numberOf(row, 'seq'),
      dueAt: numberOf(row, 'due_at'),
      orderKey: null,
      isPing: this.#rank === ranks.ping,
      isRetry: this.#rank === ranks.retry,
    }))
  }
}

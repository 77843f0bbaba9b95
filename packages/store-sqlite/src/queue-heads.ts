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
  where subscription_id = :id and rank = :rank and due_at <= :now
  order by due_at, seq
  limit :count
`)

/** Rows of the second reading; the first one takes a single row, since most queues give no more in one claim. */
const secondReadCount = 16

/** What is due in one queue with one rank, by due time. Read in growing steps, while nothing changes. */
export class DueHeads {
  readonly #database: Database
  readonly #id: string
  readonly #rank: number
  readonly #now: number
  #heads: readonly Head[] = []
  #takenCount = 0
  #readCount = 0

  constructor(database: Database, id: string, rank: number, now: number) {
    this.#database = database
    this.#id = id
    this.#rank = rank
    this.#now = now
  }

  peek(): Head | null {
    const isExhausted = this.#heads.length < this.#readCount
    if (this.#takenCount === this.#heads.length && !isExhausted) this.#read()
    return this.#heads[this.#takenCount] ?? null
  }

  take(): void {
    this.#takenCount += 1
  }

  #read(): void {
    this.#readCount = this.#readCount === 0 ? 1 : Math.max(secondReadCount, this.#readCount * 4)
    const rows = this.#database.all(readDue, {
      id: this.#id,
      rank: this.#rank,
      now: this.#now,
      count: this.#readCount,
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

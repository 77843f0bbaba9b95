import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { SqlValue, SqlValues, Statement } from './statement.ts'

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, SQLOutputValue>>

const none: SqlValues = {}

/** A connection that prepares each statement once. */
export class Database {
  readonly #connection: DatabaseSync
  readonly #prepared = new Map<Statement, StatementSync>()

  constructor(connection: DatabaseSync) {
    this.#connection = connection
  }

  /** Whether a transaction is open; some errors end one by themselves. */
  get isInTransaction(): boolean {
    return this.#connection.isTransaction
  }

  /** Runs a statement that gives no rows, and tells how many rows it changed. */
  run(statement: Statement, values: SqlValues = none): number {
    return Number(this.#prepare(statement).run(...bind(statement, values)).changes)
  }

  /** Inserts at most one row, and gives its number; null if a conflict kept it out. */
  insert(statement: Statement, values: SqlValues): number | null {
    const { changes, lastInsertRowid } = this.#prepare(statement).run(...bind(statement, values))
    return Number(changes) === 0 ? null : Number(lastInsertRowid)
  }

  /** The first row. */
  get(statement: Statement, values: SqlValues = none): Row | undefined {
    return this.#prepare(statement).get(...bind(statement, values))
  }

  all(statement: Statement, values: SqlValues = none): readonly Row[] {
    return this.#prepare(statement).all(...bind(statement, values))
  }

  /** Steps from row to row, as far as they are taken. One at a time of each statement. */
  each(statement: Statement, values: SqlValues = none): Iterable<Row> {
    return this.#prepare(statement).iterate(...bind(statement, values))
  }

  /** Runs statements that are not prepared: pragmas and definitions. */
  exec(text: string): void {
    this.#connection.exec(text)
  }

  close(): void {
    this.#prepared.clear()
    this.#connection.close()
  }

  #prepare(statement: Statement): StatementSync {
    const known = this.#prepared.get(statement)
    if (known !== undefined) return known
    const prepared = this.#connection.prepare(statement.text)
    this.#prepared.set(statement, prepared)
    return prepared
  }
}

function bind({ text, parameters }: Statement, values: SqlValues): SqlValue[] {
  return parameters.map((name) => {
    const value = values[name]
    if (value === undefined) throw new TypeError(`No value for :${name} in: ${text}`)
    return value
  })
}

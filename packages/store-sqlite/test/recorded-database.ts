import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Database } from '../src/database/database.ts'
import { migrate } from '../src/database/migrate.ts'
import { newFilePragmas } from '../src/database/pragmas.ts'

/** A database in memory that tells which statements were run on it. */
export interface RecordedDatabase {
  readonly connection: DatabaseSync
  readonly database: Database
  /** The texts of the statements that ran since the last time, in their order. */
  readonly takeRun: () => readonly string[]
}

export function createRecordedDatabase(): RecordedDatabase {
  const connection = new DatabaseSync(':memory:')
  connection.exec(newFilePragmas)
  migrate(new Database(connection), 1)
  let run: string[] = []
  const prepare = connection.prepare.bind(connection)
  connection.prepare = (text) => recorded(prepare(text), () => run.push(text.trim().replaceAll(/\s+/g, ' ')))
  return {
    connection,
    database: new Database(connection),
    takeRun() {
      const taken = run
      run = []
      return taken
    },
  }
}

/** How SQLite would go about a statement, line by line. */
export function planOf(connection: DatabaseSync, text: string): readonly string[] {
  return connection
    .prepare(`explain query plan ${text}`)
    .all()
    .map(({ detail }) => String(detail))
}

function recorded(statement: StatementSync, note: () => void): StatementSync {
  return new Proxy(statement, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...values: unknown[]): unknown => {
        note()
        return Reflect.apply(value, target, values)
      }
    },
  })
}

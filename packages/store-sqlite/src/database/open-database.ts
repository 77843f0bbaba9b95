import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '@posthorn/core'
import type { ResolvedOptions } from '../options.ts'
import { textOf } from './columns.ts'
import { Database } from './database.ts'
import { checkVersion, migrate } from './migrate.ts'
import { connectionPragmas, newFilePragmas } from './pragmas.ts'
import { isBusy } from './sqlite-error.ts'
import { sql } from './statement.ts'

const useLog = sql('pragma journal_mode = wal')

/** Between two tries to switch a new file to its log, in ms; SQLite does not wait for that lock by itself. */
const logPollMs = 10

/**
 * Opens the file, or makes it.
 * @param mustExist whether a file that is missing is an error: one that was there before must not be made again, empty
 * @throws what SQLite says, or {@link StoreError} `store.failed`, `store.version-unsupported`
 */
export function openDatabase(options: ResolvedOptions, mustExist: boolean, now: number): Database {
  const { location } = options
  if (mustExist && !existsSync(location)) {
    throw new StoreError({
      code: 'store.failed',
      message: `${location} was removed while it was in use. Put it back, or restore a backup and start again.`,
    })
  }
  const connection = new DatabaseSync(location, {
    enableForeignKeyConstraints: false,
    timeout: options.busyTimeoutMs,
  })
  const database = new Database(connection)
  try {
    // Before anything is set: what is not ours, or not for us, stays as it is.
    if (checkVersion(database) === 0) database.exec(newFilePragmas)
    database.exec(connectionPragmas(options))
    enterLogMode(database, options)
    migrate(database, now)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function enterLogMode(database: Database, { location, busyTimeoutMs }: ResolvedOptions): void {
  const until = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      const mode = textOf(database.get(useLog) ?? {}, 'journal_mode')
      if (mode === 'wal') return
      throw new StoreError({
        code: 'store.failed',
        message: `${location} cannot be used with a write-ahead log (got \`${mode}\`). Network file systems do not allow one.`,
      })
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, logPollMs)
    }
  }
}

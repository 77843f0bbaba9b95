import type { Store, StoreHandle } from '@posthorn/core'
import { backup } from './backup.ts'
import { createHandle } from './handle.ts'
import { resolveOptions, type SqliteStoreOptions } from './options.ts'
import { Connection } from './thread/connection.ts'
import { createWakeBoard } from './wake.ts'

/** A {@link Store} in a file. */
export interface SqliteStore extends Store {
  /**
   * Copies the file while it is in use, without holding anybody up: all that was acknowledged before the call. A file at `path`
   * is replaced when the copy is whole and on the disk.
   * @param path in a directory that exists, on any disk
   * @throws {InvalidInputError} `option.invalid`, when `path` is none, or one of the files of the database
   * @throws {StoreError} `store.disk-full`, `store.failed` and the like; a file at `path` is as it was
   */
  backup(path: string): Promise<void>
}

/**
 * A durable store in one SQLite file, for one machine. Several handles, in one process or in many, may share the file. Each `open`
 * starts a worker thread, so that no commit holds up the event loop of the host. `docs/store-sqlite.md` tells the rest.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const resolved = resolveOptions(options)
  return {
    async open({ clock }): Promise<StoreHandle> {
      const connection = new Connection(resolved, () => clock.now())
      await connection.open()
      return createHandle(connection, createWakeBoard(resolved.location))
    },
    backup: (path) => backup(resolved, path),
  }
}

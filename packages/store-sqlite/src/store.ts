import type { Store, StoreHandle } from '@posthorn/core'
import { createHandle } from './handle.ts'
import { resolveOptions, type SqliteStoreOptions } from './options.ts'
import { Connection } from './thread/connection.ts'
import { createWakeBoard } from './wake.ts'

/**
 * A durable store in one SQLite file, for one machine. Several handles, in one process or in many, may share the file. Each `open`
 * starts a worker thread, so that no commit holds up the event loop of the host. `docs/store-sqlite.md` tells the rest.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const resolved = resolveOptions(options)
  const wakes = createWakeBoard(resolved.location)
  return {
    async open({ clock }): Promise<StoreHandle> {
      const connection = new Connection(resolved, () => clock.now())
      await connection.open()
      return createHandle(connection, wakes)
    },
  }
}

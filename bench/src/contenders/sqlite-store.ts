import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import type { FreshStore } from './posthorn.ts'

/** A store in a file of its own that syncs with every commit. */
export function openSqliteStore(): FreshStore {
  const folder = createTemporaryFolder()
  const store = createSqliteStore({ location: join(folder.path, 'posthorn.db'), synchronous: 'full' })
  return {
    store,
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]()
    },
  }
}

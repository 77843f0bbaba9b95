import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createMemoryStore, type Store } from 'posthorn'

/** Makes the store of a host. @param folder a folder that the host may write in */
export type CreateStore = (folder: string) => Store

/** One file: what was pushed is told, even if the host is killed in between. */
export const sqliteStores: CreateStore = (folder) =>
  createSqliteStore({ location: join(folder, 'posthorn.db') })

/** Forgotten when the host ends. */
export const memoryStores: CreateStore = () => createMemoryStore()

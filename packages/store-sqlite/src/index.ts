export type { SqliteStoreOptions } from './options.ts'
export { createSqliteStore, type SqliteStore } from './store.ts'

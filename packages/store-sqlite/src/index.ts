export type { SqliteStoreOptions } from './options.ts'
export { createSqliteStore } from './store.ts'

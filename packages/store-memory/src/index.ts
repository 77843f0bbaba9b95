export type { MemoryStoreOptions } from './options.ts'
export { createMemoryStore } from './store.ts'

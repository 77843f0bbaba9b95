import { createMemoryStore } from 'posthorn'
import type { FreshStore } from './posthorn.ts'

/** A store in memory with room for a whole run. */
export function openMemoryStore(deliveryCount: number): FreshStore {
  const maxBodyBytes = 1024 ** 3
  const store = createMemoryStore({ maxPendingDeliveries: deliveryCount, maxBodyBytes })
  return { store, async [Symbol.asyncDispose]() {} }
}

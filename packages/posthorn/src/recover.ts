import { createUuidV7, StoreError, type StoreHandle } from '@posthorn/core'
import type { ParsedRecovery } from './delivery-options.ts'
import { findLost } from './find-lost.ts'

export interface RecoverContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly now: () => number
  readonly wake: () => void
}

/** Copied at a time. */
const pageSize = 100

/**
 * Sends exhausted and discarded deliveries again, the oldest first; `find-lost.ts` tells which. Those that cannot be sent, since
 * their body is gone, make room for younger ones. Ends early when the store is full: called again, it goes on where it ended.
 */
export async function recover<Transaction>(
  { store, now, wake }: RecoverContext<Transaction>,
  { filter, maxCount }: ParsedRecovery,
): Promise<number> {
  let count = 0
  try {
    let ids = await findLost(store, filter, { maxCount, youngerThan: null })
    while (ids.length > 0) {
      for (let start = 0; start < ids.length; start += pageSize) {
        const page = ids.slice(start, start + pageSize)
        // Somebody else may recover at the same time.
        const outcomes = await store.copyDeliveries(
          page.map((sourceId) => ({ sourceId, id: createUuidV7(now()), onlyFirst: true })),
        )
        count += outcomes.filter((outcome) => outcome === 'copied').length
      }
      if (count >= maxCount) break
      ids = await findLost(store, filter, { maxCount: maxCount - count, youngerThan: ids.at(-1) ?? null })
    }
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'store.full') || count === 0) throw error
  } finally {
    if (count > 0) wake()
  }
  return count
}

import { createUuidV7, type Delivery, StoreError, type StoreHandle } from '@posthorn/core'
import type { ParsedRecovery } from './delivery-options.ts'

export interface RecoverContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly now: () => number
  readonly wake: () => void
}

/** Deliveries read, or copied, at a time. */
const pageSize = 100

/**
 * Sends exhausted and discarded deliveries again, the oldest first, but for pings and for those that were sent again already: of
 * a delivery and its copies the newest counts. Ends early when the store is full: called again, it goes on where it ended.
 */
export async function recover<Transaction>(
  { store, now, wake }: RecoverContext<Transaction>,
  recovery: ParsedRecovery,
): Promise<number> {
  const ids = await findLost(store, recovery)
  let count = 0
  try {
    for (let start = 0; start < ids.length; start += pageSize) {
      const page = ids.slice(start, start + pageSize)
      const outcomes = await store.copyDeliveries(
        page.map((sourceId) => ({ sourceId, id: createUuidV7(now()) })),
      )
      count += outcomes.filter((outcome) => outcome === 'copied').length
    }
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'store.full') || count === 0) throw error
  } finally {
    if (count > 0) wake()
  }
  return count
}

async function findLost<Transaction>(
  store: StoreHandle<Transaction>,
  { filter, maxCount }: ParsedRecovery,
): Promise<readonly string[]> {
  const lost: string[] = []
  const sentAgain = new Set<string>()
  let cursor: string | null = null
  do {
    const page = await store.listDeliveries(filter, { maxCount: pageSize, cursor })
    // Newest first, so that a copy is met before what it is a copy of.
    for (const delivery of page.deliveries) {
      if (delivery.redeliveryOf !== null) sentAgain.add(delivery.redeliveryOf)
      const wasSentAgain = sentAgain.delete(delivery.id)
      if (isLost(delivery) && !wasSentAgain) lost.push(delivery.id)
    }
    // The oldest are wanted, and they come last: whatever is beyond them need not be kept.
    if (lost.length > maxCount + pageSize) lost.splice(0, lost.length - maxCount)
    cursor = page.next
  } while (cursor !== null)
  return lost.toReversed().slice(0, maxCount)
}

function isLost({ state, isPing }: Delivery): boolean {
  return !isPing && (state === 'exhausted' || state === 'discarded')
}

import type { StoreHandle } from './store.ts'

/** A reading of the store's clock, in epoch ms. A list carries the one it was made at, and of a single delivery costs next to nothing. */
export async function readStoreClock<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'listDeliveries'>,
): Promise<number> {
  const { storeNow } = await store.listDeliveries({ states: ['unfinished'] }, { maxCount: 1, cursor: null })
  return storeNow
}

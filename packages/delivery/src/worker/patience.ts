import { StoreError } from '@posthorn/core'
import { withStoreRetries } from './store-retries.ts'

/** Runs an operation of the store, again while it fails for a reason that passes and there is time left. */
export type Patience = <Result>(operation: () => Promise<Result>) => Promise<Result>

/**
 * How long a worker bears with its store. Once `abort` has come, nothing is tried again, and after the first failure of a store that is
 * busy nothing is begun: what waits for one after another would each wait as long as the store lets a call wait.
 */
export function createPatience(abort: AbortSignal): Patience {
  let lastFailure: StoreError | null = null
  return async (operation) => {
    if (lastFailure !== null) throw lastFailure
    try {
      return await withStoreRetries(operation, () => !abort.aborted)
    } catch (error) {
      if (abort.aborted && error instanceof StoreError && error.isTransient) lastFailure = error
      throw error
    }
  }
}

import { StoreError } from '@posthorn/core'
import { retryIfNeeded } from '../timing/retry-if-needed.ts'

/** Attempts at one operation of the store, all in all. */
const maxStoreAttempts = 5

/**
 * Runs an operation of the store again while it fails for a reason that passes: a busy file, a serialisation conflict, a
 * lost connection. The store says which errors those are.
 * @param isWorthIt asked about each of them
 */
export function withStoreRetries<Result>(
  operation: () => Promise<Result>,
  isWorthIt: (error: StoreError) => boolean = () => true,
): Promise<Result> {
  return retryIfNeeded(operation, {
    retries: maxStoreAttempts - 1,
    minTimeout: 20,
    maxTimeout: 1_000,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof StoreError && error.isTransient && isWorthIt(error),
  })
}

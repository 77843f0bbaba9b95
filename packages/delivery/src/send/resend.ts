import { retryIfNeeded } from '../timing/retry-if-needed.ts'

/** What came of one request over one connection. */
export interface Tried {
  /**
   * Whether the connection had been used before and closed before any of the answer came. Most likely the receiver gave the
   * connection up while the request was on its way, and never read it.
   */
  readonly isStale: boolean
}

/** Carries a stale try through p-retry, which retries exceptions. Only here does a value become one. */
class StaleConnectionError extends Error {}

/**
 * Runs a try, and once more if the first met a stale connection.
 * @param run gets whether it must use a fresh connection
 */
export function resendOnce<Result extends Tried>(
  run: (isFresh: boolean) => Promise<Result>,
): Promise<Result & { readonly isResent: boolean }> {
  return retryIfNeeded(
    async (number) => {
      const isResent = number > 1
      const result = await run(isResent)
      if (result.isStale && !isResent) throw new StaleConnectionError()
      return { ...result, isResent }
    },
    { retries: 1, minTimeout: 0, shouldRetry: ({ error }) => error instanceof StaleConnectionError },
  )
}

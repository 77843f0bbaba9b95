import pRetry from 'p-retry'

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
export async function resendOnce<Result extends Tried>(
  run: (isFresh: boolean) => Promise<Result>,
): Promise<Result & { readonly isResent: boolean }> {
  const first = await run(false)
  if (!first.isStale) return { ...first, isResent: false }
  return pRetry(
    async (number) => {
      if (number === 1) throw new StaleConnectionError()
      return { ...(await run(true)), isResent: true }
    },
    { retries: 1, minTimeout: 0, shouldRetry: ({ error }) => error instanceof StaleConnectionError },
  )
}

import { setTimeout as sleep } from 'node:timers/promises'
import pRetry from 'p-retry'

/** What an attempt leads to: the end of this run, or another attempt soon, under the same lease. */
export type QuickStep = { readonly kind: 'done' } | { readonly kind: 'again'; readonly delayMs: number }

/** Turns the value "again" into the exception that p-retry retries. */
class TryAgain extends Error {
  readonly delayMs: number

  constructor(delayMs: number) {
    super('another attempt follows')
    this.delayMs = delayMs
  }
}

/**
 * Runs attempts until one says that it is done. The waits in between hold no slot of any lane.
 * @param signal ends the waiting; the promise rejects with its reason then
 */
export async function runWithQuickRetries(
  attempt: () => Promise<QuickStep>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const first = await attempt()
  if (first.kind === 'done') return
  await pRetry(
    async (number) => {
      const step = number === 1 ? first : await attempt()
      if (step.kind === 'again') throw new TryAgain(step.delayMs)
    },
    {
      // The schedule bounds the number of attempts; it has at most 100 steps.
      retries: 100,
      minTimeout: 0,
      signal,
      shouldRetry: ({ error }) => error instanceof TryAgain,
      onFailedAttempt: async ({ error }) => {
        if (error instanceof TryAgain) await sleep(error.delayMs, undefined, { signal })
      },
    },
  )
}

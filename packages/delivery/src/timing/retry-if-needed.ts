import pRetry, { type Options } from 'p-retry'

/**
 * What p-retry does, but p-retry is called only when the first try failed: nearly every try succeeds, and p-retry costs more
 * than many of the operations here.
 * @param operation gets the number of the try, from 1; may throw only in its promise
 */
export async function retryIfNeeded<Result>(
  operation: (number: number) => Promise<Result>,
  options: Options,
): Promise<Result> {
  options.signal?.throwIfAborted()
  const first = operation(1)
  try {
    return await first
  } catch {
    return pRetry((number) => (number === 1 ? first : operation(number)), options)
  }
}

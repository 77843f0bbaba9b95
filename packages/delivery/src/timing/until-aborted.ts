import { onAbort } from './on-abort.ts'

/** Thrown in place of a result that was not waited for any longer. */
export class AbortedError extends Error {}

/**
 * A result, unless a signal aborts before it is there. What makes it goes on, and nobody hears of it.
 * @throws {AbortedError} as soon as the signal aborts
 */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let ignore = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(new AbortedError())
    else ignore = onAbort(signal, () => reject(new AbortedError()))
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    ignore()
  }
}

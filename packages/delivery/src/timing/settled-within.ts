/** Resolves as soon as `work` has ended, however it ended, or after so many ms. Whoever needs its outcome has to wait for `work` itself. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise: passed, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  try {
    await Promise.race([work, passed])
  } catch {
    // For those who wait for the work.
  } finally {
    clearTimeout(timer)
  }
}

import { performance } from 'node:perf_hooks'

/** How long something takes, in ms. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

import { setTimeout as pause } from 'node:timers/promises'

/** Begins one after the other at even intervals, however long each takes; timers wake once a ms, and begin all that are due. */
export async function runAtIntervals<Result>(
  count: number,
  intervalMs: number,
  run: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const startedAt = performance.now()
  const running: Promise<Result>[] = []
  while (running.length < count) {
    const dueCount = Math.min(count, Math.ceil((performance.now() - startedAt) / intervalMs))
    while (running.length < dueCount) running.push(run(running.length))
    await pause(1)
  }
  return Promise.all(running)
}

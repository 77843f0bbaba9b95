import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { nextDueInMs, type StoreHandle } from '@posthorn/core'
import type { Activity } from '@posthorn/delivery'

/** The longest wait before the store is asked again while something is due, in ms. */
const pollMs = 20

/**
 * Resolves at an instant when nothing is going on in this process and nothing is due in the store, now or within
 * `withinMs` of the call.
 * @param checkRunning throws when the emitter is stopping
 */
export async function waitUntilIdle<Transaction>(
  store: StoreHandle<Transaction>,
  activities: readonly Activity[],
  withinMs: number,
  checkRunning: () => void,
): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    await Promise.all(activities.map((activity) => activity.whenQuiet()))
    checkRunning()
    const generation = generationOf(activities)
    const dueInMs = await nextDueInMs(store)
    checkRunning()
    const isQuiet =
      activities.every((activity) => activity.isQuiet) && generationOf(activities) === generation
    const remainingMs = Math.max(0, until - performance.now())
    const isNothingDue = dueInMs === null || (dueInMs > 0 && dueInMs > remainingMs)
    if (isQuiet && isNothingDue) return
    if (isQuiet) await sleep(Math.min(pollMs, Math.max(1, dueInMs ?? 1)))
  }
}

function generationOf(activities: readonly Activity[]): number {
  return activities.reduce((sum, { generation }) => sum + generation, 0)
}

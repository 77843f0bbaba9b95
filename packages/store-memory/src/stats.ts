import type { StoreStats } from '@posthorn/core'
import type { Data } from './data.ts'
import { stateOf } from './history.ts'

/** Reads every unfinished delivery. */
export function stats(data: Data): StoreStats {
  const now = data.clock.now()
  let leasedCount = 0
  let parkedCount = 0
  let pendingCount = 0
  let dueCount = 0
  let oldestDueAt = Infinity
  for (const queue of data.queues.values()) {
    for (const row of queue.unfinished) {
      const state = stateOf(data, row, now)
      if (state === 'leased') leasedCount += 1
      else {
        pendingCount += 1
        if (state === 'parked') parkedCount += 1
        else if (row.dueAt <= now) {
          dueCount += 1
          oldestDueAt = Math.min(oldestDueAt, row.dueAt)
        }
      }
    }
  }
  return {
    storeNow: now,
    subscriptionCount: data.subscriptions.size,
    pendingCount,
    parkedCount,
    dueCount,
    leasedCount,
    oldestDueAgeMs: dueCount > 0 ? now - oldestDueAt : null,
    bodyBytes: data.bodyBytes,
  }
}

import type { MendAnswer, MendRequest } from '@posthorn/core'
import type { Data } from './data.ts'
import type { DeliveryRow } from './rows.ts'

/** What is left of a pass is found from its beginning. A lease is left alone: what is under one is due when it is given back. */
export function mendWaits(
  data: Data,
  { maxFirstWaitMs, maxRetryWaitMs, maxParkMs, maxCount }: MendRequest,
): MendAnswer {
  const now = data.clock.now()
  let mendedCount = 0
  for (const row of data.unfinishedByAge.oldestFirst()) {
    const maxWaitMs = row.isRetry && !row.isPing ? maxRetryWaitMs : maxFirstWaitMs
    if (mendedCount >= maxCount) break
    if (row.lease !== null || row.dueAt <= now + maxWaitMs) continue
    makeDue(data, row, now)
    mendedCount += 1
  }
  for (const [scope, record] of data.health) {
    if (mendedCount >= maxCount) break
    if (record.parkedUntil === null || record.parkedUntil <= now + maxParkMs) continue
    // A new version, so that nobody who read the old one parks it again.
    data.health.set(scope, Object.freeze({ ...record, parkedUntil: null, version: record.version + 1 }))
    mendedCount += 1
  }
  return Object.freeze({ mendedCount, cursor: mendedCount < maxCount ? null : 'more' })
}

function makeDue(data: Data, row: DeliveryRow, now: number): void {
  const queue = data.queues.get(row.subscriptionId)
  queue?.lease(row)
  row.dueAt = now
  queue?.put(row)
}

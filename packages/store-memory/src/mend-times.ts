import type { MendAnswer, MendTimesRequest } from '@posthorn/core'
import type { Data } from './data.ts'

/** What is left of a pass is found from its beginning. */
export function mendTimes(data: Data, { maxAheadMs, maxCount }: MendTimesRequest): MendAnswer {
  const now = data.clock.now()
  const latest = now + maxAheadMs
  const first = data.subscriptions.values().next().value
  if (first !== undefined && first.record.createdAt > latest) return toAnswer(0, maxCount)
  const created = firstOnes(
    data.deliveriesByAge.newestFirst(null),
    ({ createdAt }) => createdAt > latest,
    maxCount,
  )
  for (const row of created) {
    row.createdAt = now
    if (row.event.createdAt > latest) row.event.createdAt = now
  }
  const finished = firstOnes(
    data.finishedByAge.newestFirst(null),
    ({ finishedAt }) => (finishedAt ?? now) > latest,
    maxCount - created.length,
  )
  for (const row of finished) row.finishedAt = now
  const idle = firstOnes(
    data.idleEvents.newestFirst(null),
    ({ createdAt }) => createdAt > latest,
    maxCount - created.length - finished.length,
  )
  for (const event of idle) event.createdAt = now
  const mendedCount = created.length + finished.length + idle.length
  if (mendedCount > 0) resort(data)
  return toAnswer(mendedCount, maxCount)
}

function resort({ deliveriesByAge, unfinishedByAge, finishedByAge, idleEvents }: Data): void {
  for (const timeline of [deliveriesByAge, unfinishedByAge, finishedByAge]) timeline.resort()
  idleEvents.resort()
}

/** The first items, as long as they are such. */
function firstOnes<Item>(
  items: Iterable<Item>,
  isSuch: (item: Item) => boolean,
  maxCount: number,
): readonly Item[] {
  const taken: Item[] = []
  for (const item of items) {
    if (taken.length >= maxCount || !isSuch(item)) break
    taken.push(item)
  }
  return taken
}

function toAnswer(mendedCount: number, maxCount: number): MendAnswer {
  return Object.freeze({ mendedCount, cursor: mendedCount < maxCount ? null : 'more' })
}

import type { EndedDelivery, FinalReason, FinalState, PruneRequest, TrimAnswer } from '@posthorn/core'
import type { Data } from './data.ts'
import { dropBody, finish, forgetOldest, forgetOldestEvent, isLeased } from './lifecycle.ts'
import type { DeliveryRow } from './rows.ts'

export function endOverdue(data: Data, maxAgeMs: number, maxCount: number): readonly EndedDelivery[] {
  const now = data.clock.now()
  const overdue = takeOldest(data, now - maxAgeMs, maxCount, now)
  return overdue.map((row) => end(data, row, 'exhausted', 'age', now))
}

/** The cursor is the last subscription that was done; the empty one is before all. */
export function trimDisabled(
  data: Data,
  maxPerSubscription: number,
  maxCount: number,
  cursor: string | null,
): TrimAnswer {
  const now = data.clock.now()
  const ended: EndedDelivery[] = []
  let done = cursor ?? ''
  for (let id = data.disabledIds.after(done); id !== undefined; id = data.disabledIds.after(id)) {
    const left = maxCount - ended.length
    const waiting = [...(data.queues.get(id)?.unfinished ?? [])].filter(
      (row) => !row.isPing && !isLeased(row, now),
    )
    const excess = Math.max(0, waiting.length - maxPerSubscription)
    for (const row of waiting.slice(0, Math.min(excess, left)))
      ended.push(end(data, row, 'discarded', 'retention-bound', now))
    if (excess > left) return Object.freeze({ ended: Object.freeze(ended), cursor: done })
    done = id
  }
  return Object.freeze({ ended: Object.freeze(ended), cursor: null })
}

/** What is left of a pass is found from its beginning. */
export function prune(data: Data, request: PruneRequest): string | null {
  const now = data.clock.now()
  const { historyMs, maxFinishedCount = Infinity, bodyMs = Infinity, eventIdMs, maxCount } = request
  let left = maxCount
  left -= forgetFinished(data, now - historyMs, maxFinishedCount, left)
  left -= forgetBodies(data, now - bodyMs, left)
  left -= forgetEvents(data, now - eventIdMs, left)
  return left === 0 ? 'more' : null
}

/** Of the unleased unfinished deliveries the oldest ones, as long as they are that old. */
function takeOldest(data: Data, createdBy: number, maxCount: number, now: number): readonly DeliveryRow[] {
  const taken: DeliveryRow[] = []
  for (const row of data.unfinishedByAge.oldestFirst()) {
    if (taken.length >= maxCount || row.createdAt > createdBy) break
    if (!isLeased(row, now)) taken.push(row)
  }
  return taken
}

function end(
  data: Data,
  row: DeliveryRow,
  state: FinalState,
  reason: FinalReason,
  now: number,
): EndedDelivery {
  finish(data, row, { state, reason }, now)
  return Object.freeze({ id: row.id, subscriptionId: row.subscriptionId, state, reason })
}

function forgetFinished(data: Data, finishedBy: number, maxFinishedCount: number, maxCount: number): number {
  let count = 0
  while (count < maxCount) {
    const finishedAt = data.finishedByAge.first()?.finishedAt ?? Infinity
    if (finishedAt > finishedBy && data.finishedByAge.size <= maxFinishedCount) break
    forgetOldest(data)
    count += 1
  }
  return count
}

function forgetBodies(data: Data, appendedBy: number, maxCount: number): number {
  let count = 0
  for (const event of data.events.values()) {
    if (event.createdAt > appendedBy) break
    for (const body of event.bodies.values()) {
      if (count >= maxCount) return count
      if (body.unfinishedCount > 0) continue
      dropBody(data, body)
      count += 1
    }
  }
  return count
}

function forgetEvents(data: Data, appendedBy: number, maxCount: number): number {
  let count = 0
  while (count < maxCount && (data.idleEvents.first()?.createdAt ?? Infinity) <= appendedBy) {
    forgetOldestEvent(data)
    count += 1
  }
  return count
}

import type { CancelOutcome, CopyOutcome, CopyRequest } from '@posthorn/core'
import { makeRoom, refuseKnownIds } from './bounds.ts'
import type { Data } from './data.ts'
import { addDelivery, finish } from './lifecycle.ts'

export function cancelDeliveries(data: Data, ids: readonly string[]): readonly CancelOutcome[] {
  const now = data.clock.now()
  return ids.map((id) => {
    const row = data.deliveries.get(id)
    if (row === undefined) return 'not-found'
    if (row.state !== 'unfinished') return 'already-final'
    finish(data, row, { state: 'cancelled', reason: 'by-host' }, now)
    return 'cancelled'
  })
}

/** @throws {StoreError} `store.full` if not all of them fit, `store.failed` if an id is taken; then none was written */
export function copyDeliveries(data: Data, copies: readonly CopyRequest[]): readonly CopyOutcome[] {
  const now = data.clock.now()
  refuseKnownIds(
    data,
    copies.filter((request) => !isMade(data, request)).map(({ id }) => id),
  )
  makeRoom(data, copies.length, 0)
  return copies.map((request) => copy(data, request, now))
}

/** Whether this very copy was made before, by a call whose answer was lost. */
function isMade(data: Data, { sourceId, id }: CopyRequest): boolean {
  return data.deliveries.get(id)?.redeliveryOf === sourceId
}

function copy(data: Data, request: CopyRequest, now: number): CopyOutcome {
  const { sourceId, id } = request
  if (isMade(data, request)) return 'copied'
  const source = data.deliveries.get(sourceId)
  if (source === undefined) return 'not-found'
  if (source.state === 'unfinished') return 'not-final'
  if (request.onlyFirst === true && source.isCopied) return 'copied-before'
  if (!data.subscriptions.has(source.subscriptionId)) return 'subscription-deleted'
  if (source.body.bytes === null) return 'body-expired'
  const { event, body, subscriptionId, dialect, variant, part, partCount } = source
  source.isCopied = true
  data.lastSeq += 1
  addDelivery(data, {
    seq: data.lastSeq,
    id,
    event,
    body,
    subscriptionId,
    dialect,
    variant,
    part,
    partCount,
    isPing: false,
    redeliveryOf: sourceId,
    createdAt: now,
    orderKey: null,
    dueAt: now,
  })
  return 'copied'
}

import { StoreError } from '@posthorn/core'
import type { Data } from './data.ts'
import { forgetOldest, forgetOldestEvent } from './lifecycle.ts'

/**
 * Sees to it that so much more fits, or rejects before anything is written. What is unfinished is never given up for what is
 * new; history is.
 * @throws {StoreError} `store.full`
 */
export function makeRoom(data: Data, deliveryCount: number, bodyBytes: number): void {
  const { maxPendingDeliveries, maxBodyBytes, maxEvents } = data.bounds
  const pendingCount = data.unfinishedByAge.size
  if (pendingCount + deliveryCount > maxPendingDeliveries) {
    throw full(
      `${pendingCount} of at most ${maxPendingDeliveries} unfinished deliveries`,
      `${deliveryCount} deliveries`,
    )
  }
  if (data.neededBodyBytes + bodyBytes > maxBodyBytes) {
    throw full(`${data.neededBodyBytes} of at most ${maxBodyBytes} bytes of bodies`, `${bodyBytes} bytes`)
  }
  while (data.bodyBytes + bodyBytes > maxBodyBytes && forgetOldest(data));
  while (data.events.size >= maxEvents && forgetOldestEvent(data));
}

/** @throws {StoreError} `store.failed` if an id stands for a delivery already, or twice in the list */
export function refuseKnownIds(data: Data, ids: readonly string[]): void {
  const seen = new Set<string>()
  for (const id of ids) {
    if (data.deliveries.has(id) || seen.has(id)) {
      throw new StoreError({
        code: 'store.failed',
        message: `There is a delivery with the id ${id} already.`,
      })
    }
    seen.add(id)
  }
}

function full(holding: string, wanted: string): StoreError {
  return new StoreError({
    code: 'store.full',
    message: `The memory store holds ${holding} and cannot take ${wanted} more.`,
  })
}

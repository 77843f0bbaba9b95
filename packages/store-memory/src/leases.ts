import { isLeaseHeld, maxQueuesPerClaim } from '@posthorn/core'
import type { Data } from './data.ts'
import { endLease, extendLease, heldLease, putInQueue } from './lifecycle.ts'
import type { LeaseRow } from './rows.ts'

export function renew(data: Data, tokens: readonly string[], leaseMs: number): readonly string[] {
  const now = data.clock.now()
  return tokens.filter((token) => {
    const lease = heldLease(data, token, now)
    if (lease !== undefined) extendLease(data, lease, leaseMs, now)
    return lease === undefined
  })
}

export function release(data: Data, tokens: readonly string[]): void {
  const now = data.clock.now()
  for (const token of tokens) {
    const lease = heldLease(data, token, now)
    if (lease !== undefined) giveBack(data, lease, now)
  }
}

/** Gives leases that are over back to their queues: so many in one claim that its cost stays bounded. */
export function takeBackOverLeases(data: Data, now: number): void {
  for (let count = 0; count < maxQueuesPerClaim; count += 1) {
    const lease = firstOver(data, now)
    if (lease === undefined) return
    giveBack(data, lease, now)
  }
}

/** A lease that is over: by its end, or because the clock was set back. */
export function firstOver(data: Data, now: number): LeaseRow | undefined {
  return [data.leasesByEnd.first(), data.leasesByReach.first()].find(
    (lease) => lease !== undefined && !isLeaseHeld(lease, now),
  )
}

/** What was claimed was due, and still is if the clock was set back since. */
function giveBack(data: Data, lease: LeaseRow, now: number): void {
  endLease(data, lease)
  lease.row.dueAt = Math.min(lease.row.dueAt, now)
  putInQueue(data, lease.row)
}

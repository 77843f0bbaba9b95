import { type Attempt, maxAttemptsKept, type Settlement, type SettleOutcome } from '@posthorn/core'
import type { Data } from './data.ts'
import { freezeDeep } from './frozen-copy.ts'
import { endLease, extendLease, finish, heldLease, putInQueue } from './lifecycle.ts'
import type { DeliveryRow, LeaseRow } from './rows.ts'

export function settle(data: Data, settlements: readonly Settlement[]): readonly SettleOutcome[] {
  const now = data.clock.now()
  return settlements.map((settlement) => {
    const lease = heldLease(data, settlement.token, now)
    if (lease === undefined) return 'lease-lost'
    record(lease.row, settlement, now)
    moveOn(data, lease, settlement, now)
    return 'settled'
  })
}

function record(row: DeliveryRow, { attempt, isCounted }: Settlement, now: number): void {
  row.attemptCount += 1
  row.isRetry = true
  if (isCounted) row.countedAttemptCount += 1
  const recorded: Attempt = {
    ...attempt,
    deliveryId: row.id,
    number: row.attemptCount,
    isCounted,
    endedAt: now,
  }
  row.attempts.push(freezeDeep(recorded))
  if (row.attempts.length > maxAttemptsKept) row.attempts.shift()
}

function moveOn(data: Data, lease: LeaseRow, { next }: Settlement, now: number): void {
  const { row } = lease
  switch (next.kind) {
    case 'final':
      finish(data, row, next, now)
      break
    case 'hold':
      extendLease(data, lease, next.leaseMs, now)
      break
    case 'retry':
      if (next.isSetAside) leaveOrder(data, row)
      backToQueue(data, lease, now + next.delayMs)
      break
    case 'release':
      backToQueue(data, lease, now + next.delayMs)
      break
  }
}

function backToQueue(data: Data, lease: LeaseRow, dueAt: number): void {
  endLease(data, lease)
  lease.row.dueAt = dueAt
  putInQueue(data, lease.row)
}

function leaveOrder(data: Data, row: DeliveryRow): void {
  data.queues.get(row.subscriptionId)?.remove(row)
  row.orderKey = null
}

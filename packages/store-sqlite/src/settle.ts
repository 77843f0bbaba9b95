import { maxAttemptsKept, type Settlement, type SettleOutcome } from '@posthorn/core'
import { numberOf } from './database/columns.ts'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'
import { isUnderLease, leaseOf, withoutLease } from './lease-columns.ts'

const readLeased = sql(`
  select seq, attempt_count from deliveries
  where ${isUnderLease}
`)

const finish = sql(`
  update deliveries
  set state = :state, reason = :reason, finished_at = :now, order_key = null, rank = null,
    attempt_count = attempt_count + 1, counted_attempt_count = counted_attempt_count + :is_counted,
    ${withoutLease}
  where seq = :seq
`)

const putBack = sql(`
  update deliveries
  set due_at = :now + :delay_ms, order_key = case when :leaves_order then null else order_key end,
    rank = case
      when is_ping then 0
      when order_key is not null and not :leaves_order then null
      else 2
    end,
    attempt_count = attempt_count + 1, counted_attempt_count = counted_attempt_count + :is_counted,
    ${withoutLease}
  where seq = :seq
`)

const hold = sql(`
  update deliveries
  set attempt_count = attempt_count + 1, counted_attempt_count = counted_attempt_count + :is_counted,
    lease_ms = :lease_ms, leased_until = :now + :lease_ms, held_from = :now - :lease_ms
  where seq = :seq
`)

const insertAttempt = sql(`
  insert into attempts (delivery_seq, number, is_counted, ended_at, record)
  values (:seq, :number, :is_counted, :now, :record)
`)

const forgetAttempts = sql('delete from attempts where delivery_seq = :seq and number <= :number')

export function settle(
  database: Database,
  now: number,
  settlements: readonly Settlement[],
): readonly SettleOutcome[] {
  return settlements.map((settlement) => {
    const row = database.get(readLeased, { ...leaseOf(settlement.token), now })
    if (row === undefined) return 'lease-lost'
    const seq = numberOf(row, 'seq')
    moveOn(database, seq, settlement, now)
    record(database, settlement, seq, numberOf(row, 'attempt_count') + 1, now)
    return 'settled'
  })
}

function moveOn(database: Database, seq: number, { isCounted, next }: Settlement, now: number): void {
  const common = { seq, is_counted: Number(isCounted), now }
  switch (next.kind) {
    case 'hold':
      database.run(hold, { ...common, lease_ms: next.leaseMs })
      break
    case 'final':
      database.run(finish, { ...common, state: next.state, reason: next.reason })
      break
    case 'retry':
      database.run(putBack, { ...common, delay_ms: next.delayMs, leaves_order: Number(next.isSetAside) })
      break
    case 'release':
      database.run(putBack, { ...common, delay_ms: next.delayMs, leaves_order: 0 })
      break
  }
}

function record(
  database: Database,
  { attempt, isCounted }: Settlement,
  seq: number,
  number: number,
  now: number,
): void {
  database.run(insertAttempt, {
    seq,
    number,
    is_counted: Number(isCounted),
    now,
    record: JSON.stringify(attempt),
  })
  if (number > maxAttemptsKept) database.run(forgetAttempts, { seq, number: number - maxAttemptsKept })
}

import { maxAttemptsKept, type Settlement, type SettleOutcome } from '@posthorn/core'
import { numberOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { isUnderLease, withoutLease } from './lease-columns.ts'

const finish = sql(`
  update deliveries
  set state = :state, reason = :reason, finished_at = :now, order_key = null, rank = null,
    attempt_count = attempt_count + 1, counted_attempt_count = counted_attempt_count + :is_counted,
    ${withoutLease}
  where ${isUnderLease}
  returning seq, attempt_count
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
  where ${isUnderLease}
  returning seq, attempt_count
`)

const hold = sql(`
  update deliveries
  set attempt_count = attempt_count + 1, counted_attempt_count = counted_attempt_count + :is_counted,
    lease_ms = :lease_ms, leased_until = :now + :lease_ms, held_from = :now - :lease_ms
  where ${isUnderLease}
  returning seq, attempt_count
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
    const moved = move(database, settlement, now)
    if (moved === undefined) return 'lease-lost'
    record(database, settlement, numberOf(moved, 'seq'), numberOf(moved, 'attempt_count'), now)
    return 'settled'
  })
}

function move(database: Database, { token, isCounted, next }: Settlement, now: number): Row | undefined {
  const common = { token, is_counted: Number(isCounted), now }
  switch (next.kind) {
    case 'hold':
      return database.get(hold, { ...common, lease_ms: next.leaseMs })
    case 'final':
      return database.get(finish, { ...common, state: next.state, reason: next.reason })
    case 'retry':
      return database.get(putBack, {
        ...common,
        delay_ms: next.delayMs,
        leaves_order: Number(next.isSetAside),
      })
    case 'release':
      return database.get(putBack, { ...common, delay_ms: next.delayMs, leaves_order: 0 })
  }
}

function record(
  database: Database,
  { attempt, isCounted }: Settlement,
  seq: number,
  number: number,
  now: number,
): void {
  const { outcome, durationMs, isResent, certificateVerification, answerExcerpt } = attempt
  database.run(insertAttempt, {
    seq,
    number,
    is_counted: Number(isCounted),
    now,
    record: JSON.stringify({ outcome, durationMs, isResent, certificateVerification, answerExcerpt }),
  })
  if (number > maxAttemptsKept) database.run(forgetAttempts, { seq, number: number - maxAttemptsKept })
}

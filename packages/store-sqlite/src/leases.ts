import { maxQueuesPerClaim } from '@posthorn/core'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'
import { isUnderLease, leaseOf, ownRank, withoutLease } from './lease-columns.ts'

const extend = sql(`
  update deliveries
  set lease_ms = :lease_ms, leased_until = :now + :lease_ms, held_from = :now - :lease_ms
  where ${isUnderLease}
`)

// What was claimed for nothing is at the head again, with its old due time; it was due, and still is if the clock was set back since.
const giveBack = sql(`
  update deliveries
  set rank = ${ownRank}, due_at = min(due_at, :now), ${withoutLease}
  where ${isUnderLease}
`)

/** Over by their end, or because the clock was set back. */
const takeBack = sql(`
  update deliveries
  set rank = ${ownRank}, due_at = min(due_at, :now), ${withoutLease}
  where seq in (
    select seq from deliveries where leased_until <= :now
    union all
    select seq from deliveries where held_from > :now
    limit ${maxQueuesPerClaim}
  )
`)

export function renew(
  database: Database,
  now: number,
  tokens: readonly string[],
  leaseMs: number,
): readonly string[] {
  return tokens.filter((token) => database.run(extend, { ...leaseOf(token), lease_ms: leaseMs, now }) === 0)
}

export function release(database: Database, now: number, tokens: readonly string[]): void {
  for (const token of tokens) database.run(giveBack, { ...leaseOf(token), now })
}

/** Gives leases that are over back to their queues: so many in one claim that its cost stays bounded. */
export function takeBackOverLeases(database: Database, now: number): void {
  database.run(takeBack, { now })
}

import { randomUUID } from 'node:crypto'
import type { SqlValues } from './database/statement.ts'

/** Takes a lease, and what it counts towards, off a row. */
export const withoutLease = `lease_token = null, lease_owner = null, lease_ms = null, leased_until = null, held_from = null,
  leased_lane = null`

/** Whether the row is under the lease of a token, and that lease still holds; see `isLeaseHeld` of core. Bound with {@link leaseOf}. */
export const isUnderLease =
  'seq = :seq and lease_token = :token and +leased_until > :now and +held_from <= :now'

/** Whether nobody works on the row. */
export const isUnleased = '(lease_token is null or +leased_until <= :now or +held_from > :now)'

/** Where a row waits when it goes back into its queue. */
export const ownRank = `case
    when order_key is not null then null
    when is_ping then 0
    when attempt_count = 0 then 1
    else 2
  end`

/** A fresh proof of a lease. It names its row, so that it is found without an index. */
export function createToken(seq: number): string {
  return `${seq}.${randomUUID()}`
}

/** What {@link isUnderLease} is bound with. What is no token of this store is under no lease. */
export function leaseOf(token: string): SqlValues {
  const seq = Number(token.slice(0, token.indexOf('.')))
  return { seq: Number.isSafeInteger(seq) ? seq : null, token }
}

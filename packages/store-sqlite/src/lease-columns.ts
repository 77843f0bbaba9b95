/** Takes a lease, and what it counts towards, off a row. */
export const withoutLease = `lease_token = null, lease_owner = null, lease_ms = null, leased_until = null, held_from = null,
  leased_subscription_id = null, leased_lane = null`

/** Whether the row is under the lease of a token, and that lease still holds; see `isLeaseHeld` of core. */
export const isUnderLease = 'lease_token = :token and +leased_until > :now and +held_from <= :now'

/** Whether nobody works on the row. */
export const isUnleased = '(lease_token is null or +leased_until <= :now or +held_from > :now)'

/** Where a row waits when it goes back into its queue. */
export const ownRank = `case
    when order_key is not null then null
    when is_ping then 0
    when attempt_count = 0 then 1
    else 2
  end`

/** The right to work on a delivery, for a while. */
export interface Lease {
  /** On the store's clock. */
  readonly leasedUntil: number
  /** What was asked for when it was taken or last renewed. */
  readonly leaseMs: number
}

/**
 * Whether a lease still holds. A clock that jumped back cannot stretch a lease beyond twice its length: a lease that seems
 * to last longer than that is over, which costs a duplicate at worst and never a loss.
 */
export function isLeaseHeld(lease: Lease, now: number): boolean {
  const remainingMs = lease.leasedUntil - now
  return remainingMs > 0 && remainingMs <= 2 * lease.leaseMs
}

/**
 * Tells an outage of all look-ups from that of one name.
 *
 *   working ──a look-up fails──▶ doubtful ──for `outageMs`, and with `minNames` names──▶ outage
 *      ▲                             │                                                     │
 *      └──────── any look-up is answered, be it that there is no such name ────────────────┘
 *
 * A name server that says that a name does not exist was reached, so that counts as an answer: dead names alone, however many,
 * are no outage. Time is monotonic.
 */
export interface LookUpOutage {
  /** A look-up was answered. */
  answered(): void
  /** A look-up failed or was given up. Gives whether all look-ups do. */
  failed(host: string): boolean
}

/** Names that must have failed, so that one tenant's broken name servers are not taken for ours. */
const minNames = 3

/** @param outageMs how long every look-up must have failed */
export function createLookUpOutage(
  outageMs: number,
  now: () => number = () => performance.now(),
): LookUpOutage {
  let failingSince: number | null = null
  const names = new Set<string>()
  return {
    answered() {
      failingSince = null
      names.clear()
    },
    failed(host) {
      failingSince ??= now()
      if (names.size < minNames) names.add(host)
      return names.size >= minNames && now() - failingSince >= outageMs
    },
  }
}

import { toDomain } from './domain.ts'

/** How long a look-up of a name is expected to take. */
export type NameSpeed = 'quick' | 'unknown' | 'slow'

/**
 * What is known of names from their look-ups. A name is as quick as its last look-up was. But who has a name server has any number of
 * names that are quick until they hang, so a domain whose names do that is watched:
 *
 *   trusted ──a quick name hangs──▶ doubtful ──another──▶ suspended, its names are slow ──time passes──▶ doubtful
 *      ▲                               │
 *      └───────── an hour passes ──────┘
 *
 * Each suspension is twice as long as the one before.
 */
export interface NameSpeeds {
  of(host: string): NameSpeed
  /** Whether any name counts as quick. */
  readonly hasQuick: boolean
  remember(host: string, speed: 'quick' | 'slow'): void
  /** A name that counted as quick hangs. */
  hangs(host: string): void
}

/** A domain has one name that stops being quick for free: name servers fail. */
const freeHangs = 1
const firstSuspensionMs = 60_000
const maxSuspensionMs = 3_600_000
/** After so long without another, what hung is forgotten. */
const forgetMs = 3_600_000

interface DomainRecord {
  hangCount: number
  suspendedUntil: number
  forgottenAt: number
}

/**
 * @param maxCount names, and domains of which some hung, remembered; beyond them the one that was looked up longest ago is forgotten
 * @param now monotonic, in ms
 */
export function createNameSpeeds(maxCount: number, now: () => number = () => performance.now()): NameSpeeds {
  /** Whether the last look-up of each was quick. */
  const areQuick = new Map<string, boolean>()
  const domains = new Map<string, DomainRecord>()
  const quickCounts = new Map<string, number>()

  function set(host: string, isQuick: boolean | null): void {
    const domain = toDomain(host)
    const change = Number(isQuick === true) - Number(areQuick.get(host) === true)
    areQuick.delete(host)
    if (isQuick !== null) areQuick.set(host, isQuick)
    const count = (quickCounts.get(domain) ?? 0) + change
    if (count === 0) quickCounts.delete(domain)
    else quickCounts.set(domain, count)
  }

  function isSuspended(domain: string): boolean {
    return (domains.get(domain)?.suspendedUntil ?? 0) > now()
  }

  return {
    of(host) {
      if (domains.size > 0 && isSuspended(toDomain(host))) return 'slow'
      const isQuick = areQuick.get(host)
      if (isQuick === undefined) return 'unknown'
      return isQuick ? 'quick' : 'slow'
    },
    get hasQuick() {
      for (const domain of quickCounts.keys()) if (!isSuspended(domain)) return true
      return false
    },
    remember(host, speed) {
      set(host, speed === 'quick')
      const [oldest] = areQuick.keys()
      if (areQuick.size > maxCount && oldest !== undefined) set(oldest, null)
    },
    hangs(host) {
      const domain = toDomain(host)
      const at = now()
      const known = domains.get(domain)
      const hangCount = known === undefined || known.forgottenAt <= at ? 1 : known.hangCount + 1
      const forMs =
        hangCount <= freeHangs
          ? 0
          : Math.min(firstSuspensionMs * 2 ** (hangCount - freeHangs - 1), maxSuspensionMs)
      domains.delete(domain)
      domains.set(domain, { hangCount, suspendedUntil: at + forMs, forgottenAt: at + forMs + forgetMs })
      const [oldest] = domains.keys()
      if (domains.size > maxCount && oldest !== undefined) domains.delete(oldest)
    },
  }
}

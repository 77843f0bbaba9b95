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
  /** How often in a row a name was found quickly. */
  recordOf(host: string): number
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
  /** How often in a row each was quick; 0 if it is slow. */
  const records = new Map<string, number>()
  const domains = new Map<string, DomainRecord>()
  const quickCounts = new Map<string, number>()

  function set(host: string, record: number): void {
    const domain = toDomain(host)
    const wasQuick = (records.get(host) ?? 0) > 0
    records.delete(host)
    if (record >= 0) records.set(host, record)
    const change = Number(record > 0) - Number(wasQuick)
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
      const record = records.get(host)
      if (record === undefined) return 'unknown'
      return record > 0 ? 'quick' : 'slow'
    },
    recordOf: (host) => records.get(host) ?? 0,
    get hasQuick() {
      for (const domain of quickCounts.keys()) if (!isSuspended(domain)) return true
      return false
    },
    remember(host, speed) {
      set(host, speed === 'quick' ? (records.get(host) ?? 0) + 1 : 0)
      const [oldest] = records.keys()
      if (records.size > maxCount && oldest !== undefined) set(oldest, -1)
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

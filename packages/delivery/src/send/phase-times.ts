import type { AttemptPhases } from '@posthorn/core'
import type { ExchangePhase } from './exchange-phase.ts'

/** When each phase of opening a socket began, on the monotonic clock. */
export interface PhaseTimes {
  begin(phase: ExchangePhase): void
  /** When the last phase that began did so. */
  readonly lastAt: number
  /** How long each phase took that began, up to now if it has not ended. Reaching a proxy is part of connecting. */
  read(): Pick<AttemptPhases, 'lookUpMs' | 'connectMs' | 'tlsMs'>
}

/** What an attempt took part in that opened no socket. */
export const noPhases: AttemptPhases = { lookUpMs: null, connectMs: null, tlsMs: null, firstByteMs: null }

/**
 * @param hasLookUp whether the host is a name that is looked up here
 * @param now the monotonic clock, in ms
 */
export function createPhaseTimes(
  hasLookUp: boolean,
  now: () => number = () => performance.now(),
): PhaseTimes {
  const begun = new Map<ExchangePhase, number>()
  let lastAt = now()

  function between(from: ExchangePhase, ends: readonly ExchangePhase[]): number | null {
    const at = begun.get(from)
    if (at === undefined) return null
    const end = ends.map((phase) => begun.get(phase)).find((time) => time !== undefined)
    return Math.round((end ?? now()) - at)
  }

  return {
    get lastAt() {
      return lastAt
    },
    begin(phase) {
      lastAt = now()
      begun.set(phase, lastAt)
    },
    read: () => ({
      lookUpMs: hasLookUp ? between('look-up', ['proxy', 'connect']) : null,
      connectMs: between(begun.has('proxy') ? 'proxy' : 'connect', ['tls', 'exchange']),
      tlsMs: between('tls', ['exchange']),
    }),
  }
}

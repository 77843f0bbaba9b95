import { createDnsResolver } from './dns-resolver.ts'
import { resolveBySystem } from './system-resolver.ts'

/** One answer of a look-up. */
export interface ResolvedAddress {
  readonly address: string
  /** Informative only: an address is judged and dialled by its own form. */
  readonly family: 4 | 6
}

/**
 * Finds every address of a name, which it gets in lower case, absolute, and without the dot at its end. Rejects with an error
 * whose `code` is one of Node's (`ENOTFOUND`, `EAI_AGAIN`, `ETIMEOUT`, …). It may give up when the signal aborts.
 */
export type ResolveFunction = (host: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>

/**
 * `'system'` asks the operating system, as every other program does, two names at a time. `'dns'` asks the name servers of the
 * system itself: any number of names at a time, but not the hosts file. Or a function of the host's own.
 */
export type Resolver = 'system' | 'dns' | ResolveFunction

const resolveByDns = createDnsResolver()

export function toResolveFunction(resolver: Resolver): ResolveFunction {
  if (typeof resolver === 'function') return resolver
  return resolver === 'dns' ? resolveByDns : resolveBySystem
}

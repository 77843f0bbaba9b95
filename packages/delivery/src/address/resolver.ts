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

/** `'system'` asks the operating system, or a function of the host's own. */
export type Resolver = 'system' | ResolveFunction

export function toResolveFunction(resolver: Resolver): ResolveFunction {
  return resolver === 'system' ? resolveBySystem : resolver
}

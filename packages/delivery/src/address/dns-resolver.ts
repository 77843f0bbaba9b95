import { Resolver } from 'node:dns/promises'
import { InvalidInputError, parseInteger, parseMembers } from '@posthorn/core'
import { isLoopbackName } from './host-name.ts'
import type { ResolvedAddress, ResolveFunction } from './resolver.ts'

/** Whom to ask, and how long. */
export interface DnsResolverOptions {
  /** Addresses of name servers, with a port if it is not 53: `['192.0.2.53', '[2001:db8::53]:5353']`. @default the system's */
  readonly servers?: readonly string[]
  /** How long a server may take before the next is asked, in ms, 1 to 60,000; each further round doubles it. @default 2_000 */
  readonly timeoutMs?: number
  /** Rounds through the servers, 1 to 10. @default 2 */
  readonly tries?: number
}

/** Codes that say that a name has no address of one family. */
const noAddressCodes: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND'])

/** What names of the local host stand for, wherever they are asked for (RFC 6761, section 6.3). */
const loopbackAddresses: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * A resolver that asks name servers itself, by c-ares: for A and AAAA at the same time, with time-outs of its own, and without
 * any of the threads that `getaddrinfo` and all file access share. The hosts file and search domains are not asked; every
 * name is absolute. It reads the system's list of servers at each look-up.
 * @throws {InvalidInputError} `option.invalid`, `option.unknown`
 */
export function createDnsResolver(options: DnsResolverOptions = {}): ResolveFunction {
  const given = parseMembers('', options, ['servers', 'timeoutMs', 'tries'])
  const { timeoutMs = 2_000, tries = 2 } = given
  const servers = given.servers === undefined ? undefined : parseServers(given.servers)
  const settings = {
    timeout: parseInteger('timeoutMs', timeoutMs, { min: 1, max: 60_000 }),
    tries: parseInteger('tries', tries, { min: 1, max: 10 }),
  }
  function open(): Resolver {
    // One for each look-up, so that a look-up that nobody waits for any longer can be cancelled alone. It costs 0.3 ms.
    const resolver = new Resolver(settings)
    if (servers !== undefined) resolver.setServers(servers)
    return resolver
  }

  return async (host, signal) => {
    if (isLoopbackName(host)) return loopbackAddresses
    signal.throwIfAborted()
    const resolver = open()
    const cancel = (): void => resolver.cancel()
    signal.addEventListener('abort', cancel)
    try {
      return await ask(resolver, host)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}

function parseServers(value: unknown): readonly string[] {
  const servers = Array.isArray(value) ? value.filter((server) => typeof server === 'string') : []
  try {
    if (!Array.isArray(value) || servers.length !== value.length || value.length === 0) throw new TypeError()
    new Resolver().setServers(servers)
    return servers
  } catch (error) {
    throw new InvalidInputError({
      code: 'option.invalid',
      field: 'servers',
      message:
        "Expected `servers` to be a list of one or more addresses such as '192.0.2.53' or '[2001:db8::53]:5353'.",
      cause: error,
    })
  }
}

/** One family that fails while the other answers takes nothing away: only what was found is judged and dialled. */
async function ask(resolver: Resolver, host: string): Promise<readonly ResolvedAddress[]> {
  const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const found = [...toAnswers(ipv4, 4), ...toAnswers(ipv6, 6)]
  if (found.length > 0) return found
  const failures = [ipv4, ipv6].flatMap((answer): unknown[] =>
    answer.status === 'rejected' ? [answer.reason] : [],
  )
  // A family that could not be asked for tells more than one that is said not to be there.
  throw failures.find((failure) => !saysNoAddress(failure)) ?? failures[0]
}

function toAnswers(answer: PromiseSettledResult<readonly string[]>, family: 4 | 6): ResolvedAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : []
}

function saysNoAddress(failure: unknown): boolean {
  const hasCode = typeof failure === 'object' && failure !== null && 'code' in failure
  return hasCode && typeof failure.code === 'string' && noAddressCodes.has(failure.code)
}

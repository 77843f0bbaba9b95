import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { AddressPolicy } from '../address/address-policy.ts'
import { toUrlHost, toUrlPort } from '../address/host-name.ts'
import type { LookUpOutage } from '../address/look-up-outage.ts'
import { lookUpTarget } from '../address/look-up-target.ts'
import { lookUpTrusted } from '../address/look-up-trusted.ts'
import type { Resolver } from '../address/resolver.ts'
import { type Connection, createConnection } from './connection.ts'
import type { ProxyRoute } from './dial.ts'
import { createKeptConnections, type KeptConnectionsLimits } from './kept-connections.ts'
import type { Network } from './network-options.ts'
import { createSecureContexts } from './secure-contexts.ts'
import type { SocketSecurity } from './secure-socket.ts'
import { type SecurityProfile, toProfileKey } from './security-profile.ts'

/** Opens connections and keeps those that another request can follow on, apart by origin and security profile. */
export interface ConnectionPool {
  /** The kept connection that was used last, or a new one. */
  take(url: URL, profile: SecurityProfile): Connection
  /** A new connection, whatever is kept. */
  open(url: URL, profile: SecurityProfile): Connection
  /** Keeps a connection if another request can follow on it, and ends it if not. */
  giveBack(connection: Connection): void
  /** Ends every kept connection. */
  clear(): void
}

export interface ConnectionPoolOptions {
  readonly policy: AddressPolicy
  readonly resolver: Resolver
  readonly network: Network
  /** Told of each name that was found. */
  readonly outage: LookUpOutage
  /** Bytes of an answer's body that are read. */
  readonly maxAnswerBytes: number
  /** How long after it was opened a socket may begin another request. */
  readonly maxSocketAgeMs: number
  readonly maxQuietMs: number
  readonly kept: KeptConnectionsLimits
}

/** Bytes of an answer beside those of its body: interim answers, head, chunks, trailers. Source: our own, four times the headers. */
const maxFramingBytes = 65_536

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { policy, resolver, network, outage, maxAnswerBytes, maxSocketAgeMs, maxQuietMs } = options
  const kept = createKeptConnections(options.kept)
  const secureContexts = createSecureContexts(network.trust)
  const route = toRoute(options, () => toSecurity({ verifiesCertificates: true }))

  function toSecurity(profile: SecurityProfile): SocketSecurity {
    return { context: secureContexts.get(profile), verifiesCertificates: profile.verifiesCertificates }
  }

  function open(url: URL, profile: SecurityProfile): Connection {
    const target = { host: toUrlHost(url).text, port: toUrlPort(url) }
    const hasLookUp = route === null && isIP(target.host) === 0
    const onFound = hasLookUp ? () => outage.answered() : () => {}

    return createConnection({
      key: toKey(url, profile),
      url,
      hasLookUp,
      proxy: route,
      localAddresses: network.localAddresses,
      security: () => toSecurity(profile),
      lookUp: (signal) => lookUpTarget(policy, resolver, target, signal, onFound),
      maxReceivedBytes: maxFramingBytes + maxAnswerBytes,
      maxQuietMs,
      onClosed: (connection) => kept.remove(connection),
    })
  }

  function isFit({ isOpen, openedAt }: Connection): boolean {
    return isOpen && openedAt !== null && performance.now() - openedAt < maxSocketAgeMs
  }

  return {
    open,
    take(url, profile) {
      const key = toKey(url, profile)
      for (let last = kept.takeLast(key); last !== undefined; last = kept.takeLast(key)) {
        if (isFit(last)) return last
        last.destroy()
      }
      return open(url, profile)
    },
    giveBack(connection) {
      const leaving = isFit(connection) ? kept.put(connection) : connection
      leaving?.destroy()
    },
    clear() {
      for (const connection of kept.takeAll()) connection.destroy()
    },
  }
}

function toRoute(
  { resolver, network: { proxy } }: ConnectionPoolOptions,
  security: () => SocketSecurity,
): ProxyRoute | null {
  if (proxy === null) return null
  const lookUp = (signal: AbortSignal): Promise<readonly LookupAddress[]> =>
    lookUpTrusted(resolver, proxy.host, signal)
  return { proxy, lookUp, security }
}

function toKey(url: URL, profile: SecurityProfile): string {
  return `${url.origin} ${toProfileKey(profile)}`
}

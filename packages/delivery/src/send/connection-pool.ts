import type { AddressPolicy } from '../address/address-policy.ts'
import { toUrlHost, toUrlPort } from '../address/host-name.ts'
import { lookUpTarget } from '../address/look-up-target.ts'
import type { Resolver } from '../address/resolver.ts'
import { type Connection, createConnection } from './connection.ts'
import { createKeptConnections, type KeptConnectionsLimits } from './kept-connections.ts'
import { createSecureContexts } from './secure-contexts.ts'
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
  /** How long after it was opened a socket may begin another request. */
  readonly maxSocketAgeMs: number
  readonly kept: KeptConnectionsLimits
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { policy, resolver, maxSocketAgeMs } = options
  const kept = createKeptConnections(options.kept)
  const secureContexts = createSecureContexts()

  function open(url: URL, profile: SecurityProfile): Connection {
    const target = { host: toUrlHost(url).text, port: toUrlPort(url) }
    return createConnection({
      key: toKey(url, profile),
      url,
      security: () => ({
        context: secureContexts.get(profile),
        verifiesCertificates: profile.verifiesCertificates,
      }),
      lookUp: (signal) => lookUpTarget(policy, resolver, target, signal),
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

function toKey(url: URL, profile: SecurityProfile): string {
  return `${url.origin} ${toProfileKey(profile)}`
}

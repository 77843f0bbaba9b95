import type { Connection } from './connection.ts'

/** Quiet connections, in the order they were put here. */
export interface KeptConnections {
  /** Takes out the one that was put here last of those with a key. */
  takeLast(key: string): Connection | undefined
  /** Takes in a connection, and gives out the one there is no room for any more. */
  put(connection: Connection): Connection | undefined
  remove(connection: Connection): void
  /** Takes out all. */
  takeAll(): readonly Connection[]
}

export interface KeptConnectionsLimits {
  readonly maxPerKey: number
  readonly maxCount: number
}

export function createKeptConnections({ maxPerKey, maxCount }: KeptConnectionsLimits): KeptConnections {
  const all = new Set<Connection>()
  /** Of each key, the one put here last at the end. */
  const byKey = new Map<string, Connection[]>()

  function remove(connection: Connection): void {
    if (!all.delete(connection)) return
    const siblings = byKey.get(connection.key) ?? []
    siblings.splice(siblings.lastIndexOf(connection), 1)
    if (siblings.length === 0) byKey.delete(connection.key)
  }

  return {
    takeLast(key) {
      const last = byKey.get(key)?.at(-1)
      if (last !== undefined) remove(last)
      return last
    },
    put(connection) {
      const siblings = byKey.get(connection.key) ?? []
      byKey.set(connection.key, siblings)
      siblings.push(connection)
      all.add(connection)
      const [longest] = siblings.length > maxPerKey ? siblings : all.size > maxCount ? all : []
      if (longest !== undefined) remove(longest)
      return longest
    },
    remove,
    takeAll() {
      const taken = [...all]
      taken.forEach(remove)
      return taken
    },
  }
}

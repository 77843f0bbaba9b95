import type { EventKey, SubjectRef, SubscriptionRecord } from '@posthorn/core'

/**
 * What `match` gave for the places where something happened of late. Whoever goes by it appends with `appendMatched`, which writes only
 * if it still holds, so nothing here needs to be fresh: the way to the store is made once for each event rather than twice.
 */
export interface MatchMemory {
  recall(chain: readonly SubjectRef[], key: EventKey): readonly SubscriptionRecord[] | null
  keep(chain: readonly SubjectRef[], key: EventKey, matches: readonly SubscriptionRecord[]): void
  /** Called where nobody of them gets such events: to find that out twice each time would cost more than is saved. */
  forget(chain: readonly SubjectRef[], key: EventKey): void
}

/** Of what is kept, as JSON: what was used longest ago goes first. */
const maxLength = 8 * 1024 * 1024

interface Entry {
  readonly matches: readonly SubscriptionRecord[]
  readonly length: number
}

export function createMatchMemory(): MatchMemory {
  /** In the order of their last use. */
  const entries = new Map<string, Entry>()
  let totalLength = 0

  function remove(name: string): Entry | undefined {
    const entry = entries.get(name)
    entries.delete(name)
    totalLength -= entry?.length ?? 0
    return entry
  }

  function add(name: string, entry: Entry): void {
    entries.set(name, entry)
    totalLength += entry.length
  }

  return {
    recall(chain, key) {
      const name = nameOf(chain, key)
      const entry = remove(name)
      if (entry === undefined) return null
      add(name, entry)
      return entry.matches
    },
    keep(chain, key, matches) {
      const name = nameOf(chain, key)
      remove(name)
      add(name, { matches, length: name.length + JSON.stringify(matches).length })
      for (const oldest of entries.keys()) {
        if (totalLength <= maxLength) break
        remove(oldest)
      }
    },
    forget(chain, key) {
      remove(nameOf(chain, key))
    },
  }
}

function nameOf(chain: readonly SubjectRef[], key: EventKey): string {
  let name: string = key
  for (const { type, id } of chain) name += ` ${type} ${id}`
  return name
}

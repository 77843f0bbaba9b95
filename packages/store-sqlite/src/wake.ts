import { realpathSync } from 'node:fs'

/** Where handles of one process on the same file tell one another that there may be something to claim. */
export interface WakeBoard {
  /** @param owner the handle that listens; its own writes do not wake it */
  add(owner: object, listener: () => void): () => void
  removeAll(owner: object): void
  /** Calls back once the current step is over. */
  wakeOthers(owner: object): void
}

interface Entry {
  readonly location: string
  readonly owner: object
  readonly listener: () => void
}

/** Of all files: stores that were made apart for the same one find each other here. */
const entries = new Set<Entry>()

/** @param path of the file, by whatever links; it exists */
export function createWakeBoard(path: string): WakeBoard {
  const location = withoutLinks(path)
  return {
    add(owner, listener) {
      const entry = { location, owner, listener }
      entries.add(entry)
      return () => {
        entries.delete(entry)
      }
    },
    removeAll(owner) {
      for (const entry of entries) if (entry.owner === owner) entries.delete(entry)
    },
    wakeOthers(owner) {
      for (const entry of entries) {
        if (entry.owner === owner || entry.location !== location) continue
        queueMicrotask(() => {
          if (entries.has(entry)) entry.listener()
        })
      }
    },
  }
}

/** The one spelling of a path that all handles on a file share; as it is if the file was removed since it was opened. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

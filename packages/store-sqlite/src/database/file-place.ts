import { statSync } from 'node:fs'
import { StoreError } from '@posthorn/core'

/**
 * Whether an open file is still the one that its path names. A file that was removed or replaced goes on taking writes without
 * an error, and nobody would ever read them again.
 */
export class FilePlace {
  readonly #paths: readonly string[]
  readonly #identities: readonly string[]

  /** @param location a database that is open and has been read, so that its log exists */
  constructor(location: string) {
    this.#paths = [location, `${location}-wal`]
    this.#identities = this.#paths.map(identify)
  }

  /** @throws {StoreError} `store.failed` */
  check(): void {
    for (const [index, path] of this.#paths.entries()) {
      if (identify(path) === this.#identities[index]) continue
      throw new StoreError({
        code: 'store.failed',
        message: `${path} was removed or replaced while it was in use. Put it back, or restore a backup and start again.`,
      })
    }
  }
}

function identify(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? 'none' : `${stats.dev}:${stats.ino}`
}

import { resolve } from 'node:path'
import { invalidOption, parseInteger, parseMembers } from '@posthorn/core'

/** Where a SQLite store lies, and how it writes. */
export interface SqliteStoreOptions {
  /** The path of the file, in a directory that exists on a local disk. Two more lie beside it: `-wal` and `-shm`. */
  readonly location: string
  /**
   * `full`: what was acknowledged outlives a loss of power. `normal`: it outlives the end of the process, however sudden, but a
   * loss of power may take the last moments of acknowledged work. @default 'full'
   */
  readonly synchronous?: 'full' | 'normal'
  /** How long a call waits, in ms, while another process holds the file, before it rejects with `store.busy`. 0 to 60,000. @default 5_000 */
  readonly busyTimeoutMs?: number
}

/** Options with every default filled in. They go to the worker as they are. */
export interface ResolvedOptions {
  /** Absolute. */
  readonly location: string
  readonly synchronous: 'full' | 'normal'
  readonly busyTimeoutMs: number
}

const maxBusyTimeoutMs = 60_000

/** @throws {InvalidInputError} `option.invalid` or `option.unknown`; neither shows a text that was given */
export function resolveOptions(options: SqliteStoreOptions): ResolvedOptions {
  const {
    location,
    synchronous = 'full',
    busyTimeoutMs = 5_000,
  } = parseMembers('', options, ['location', 'synchronous', 'busyTimeoutMs'])
  if (typeof location !== 'string' || location === '' || location.includes('\0'))
    throw invalidOption('location', 'the path of a file', location)
  if (location === ':memory:' || location.startsWith('file:'))
    throw invalidOption('location', 'a path; for a store in memory use `createMemoryStore`', location)
  if (synchronous !== 'full' && synchronous !== 'normal')
    throw invalidOption('synchronous', "'full' or 'normal'", synchronous)
  return {
    location: resolve(location),
    synchronous,
    busyTimeoutMs: parseInteger('busyTimeoutMs', busyTimeoutMs, { min: 0, max: maxBusyTimeoutMs }),
  }
}

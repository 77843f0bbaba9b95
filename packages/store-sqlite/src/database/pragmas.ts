import type { ResolvedOptions } from '../options.ts'

/**
 * Asked for before the first table is written; afterwards the file keeps it. Lets the space of a burst be given back in small
 * steps; it costs nothing that could be measured.
 */
export const newFilePragmas = 'pragma auto_vacuum = incremental'

/** Set on every connection, each for a reason, so that no default of a build or a release decides. */
export function connectionPragmas({ synchronous, busyTimeoutMs }: ResolvedOptions): string {
  return [
    // `full` syncs the log with every commit: what was acknowledged outlives a loss of power. `normal` syncs at checkpoints.
    `pragma synchronous = ${synchronous}`,
    // How long a call waits for another process before it is `store.busy`.
    `pragma busy_timeout = ${busyTimeoutMs}`,
    // The schema declares none: a delivery outlives its subscription, and removal goes in small steps of its own.
    'pragma foreign_keys = off',
    // 16 MiB of log before pages move into the database: hot pages move once for many commits, and reads stay quick.
    'pragma wal_autocheckpoint = 4096',
    // A log that a burst or a long read had made larger is cut back to this.
    `pragma journal_size_limit = ${64 * 1024 * 1024}`,
    // 16 MiB of pages, whatever the size of the file: enough for the upper levels of every index.
    `pragma cache_size = ${-16 * 1024}`,
    // Rollback of a savepoint and the few sorts need little room, and none of it on a disk that may be full.
    'pragma temp_store = memory',
    // A file that is cut off or damaged behind a memory map would end the process with SIGBUS instead of an error.
    'pragma mmap_size = 0',
    // Functions and virtual tables that a foreign file may name in its schema are not run.
    'pragma trusted_schema = off',
  ].join(';\n')
}

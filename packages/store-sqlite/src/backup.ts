import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { describeValue, InvalidInputError, StoreError } from '@posthorn/core'
import type { ResolvedOptions } from './options.ts'
import type { BackupStart, WireError } from './thread/protocol.ts'
import { startBackupWorker } from './thread/start-worker.ts'
import { toStoreError } from './thread/wire-error.ts'

/**
 * Copies a database that may be in use. The copy holds everything that was acknowledged before the call, is compact, and replaces
 * a file of that name only when it is whole.
 * @param path where the copy goes, in a directory that exists
 * @throws {InvalidInputError} `option.invalid`
 * @throws {StoreError} `store.disk-full`, `store.failed` …; what was at `path` is still there
 */
export async function backup({ location, busyTimeoutMs }: ResolvedOptions, path: string): Promise<void> {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw invalidPath(`the path of a file, got ${describeValue(path)}`)
  const destination = resolve(path)
  if (filesOf(location).some((file) => isSameFile(file, destination)))
    throw invalidPath(`none of the files of the database, got ${destination}`)
  const error = await runWorker({ location, destination, busyTimeoutMs })
  if (error !== null) throw toStoreError(error)
}

/** What the thread says; if it dies first, that. */
function runWorker(start: BackupStart): Promise<WireError | null> {
  return new Promise((tell, reject) => {
    const lost = (cause: unknown) =>
      reject(
        new StoreError({
          code: 'store.failed',
          message: `The thread of the backup to ${start.destination} died.`,
          cause,
        }),
      )
    try {
      const worker = startBackupWorker(start)
      worker.once('message', tell)
      worker.once('error', lost)
      worker.once('exit', (exitCode) => lost(new Error(`It ended with exit code ${exitCode}.`)))
    } catch (error) {
      lost(error)
    }
  })
}

function invalidPath(expected: string): InvalidInputError {
  return new InvalidInputError({
    code: 'option.invalid',
    field: 'path',
    message: `Expected \`path\` to be ${expected}`,
  })
}

/** A copy in the place of the log would be the log of a database that is in use. */
function filesOf(location: string): readonly string[] {
  return ['', '-wal', '-shm', '-journal'].map((suffix) => location + suffix)
}

function isSameFile(one: string, other: string): boolean {
  if (one === other) return true
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino
}

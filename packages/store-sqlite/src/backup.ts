import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidInputError } from '@posthorn/core'
import type { WireError } from './thread/protocol.ts'
import { startBackupWorker } from './thread/start-worker.ts'
import { toStoreError } from './thread/wire-error.ts'

/**
 * Copies a database that may be in use. The copy holds everything that was acknowledged before the call, is compact, and replaces
 * a file of that name only when it is whole.
 * @param location the absolute path of the database
 * @param path where the copy goes, in a directory that exists
 * @throws {StoreError} `store.disk-full`, `store.failed` …; what was at `path` is still there
 */
export async function backup(location: string, path: string): Promise<void> {
  const destination = resolve(path)
  if (filesOf(location).some((file) => isSameFile(file, destination))) {
    throw new InvalidInputError({
      code: 'option.invalid',
      field: 'path',
      message: `Expected \`path\` to be none of the files of the database, got ${destination}`,
    })
  }
  const worker = startBackupWorker({ location, destination })
  const error = await new Promise<WireError | null>((tell, reject) => {
    worker.once('message', tell)
    worker.once('error', reject)
  })
  if (error !== null) throw toStoreError(error)
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

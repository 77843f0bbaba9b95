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
  if (isSameFile(location, destination)) {
    throw new InvalidInputError({
      code: 'option.invalid',
      field: 'path',
      message: `Expected \`path\` to be another file than the database, got ${destination}`,
    })
  }
  const worker = startBackupWorker({ location, destination })
  const error = await new Promise<WireError | null>((tell, reject) => {
    worker.once('message', tell)
    worker.once('error', reject)
  })
  if (error !== null) throw toStoreError(error)
}

function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino
}

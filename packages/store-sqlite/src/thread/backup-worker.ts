import { randomUUID } from 'node:crypto'
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { toStoreError } from '../database/sqlite-error.ts'
import type { BackupStart } from './protocol.ts'
import { toWireError } from './wire-error.ts'

/**
 * A thread that copies the file as it is at one instant, and ends. It has a connection of its own, so that neither writers nor
 * readers wait for it. The copy gets its name when it is whole and on the disk; until then it has one that nobody else has, so
 * that of several backups to one place each is whole, and the last one stays.
 */
const { location, destination, busyTimeoutMs } = workerData as BackupStart
const partial = `${destination}.${randomUUID()}.partial`

try {
  create()
  copy()
  sync(partial)
  renameSync(partial, destination)
  sync(dirname(destination))
  parentPort?.postMessage(null)
} catch (error) {
  rmSync(partial, { force: true })
  parentPort?.postMessage(toWireError(toStoreError(error, destination)))
}

/**
 * SQLite takes a file that is empty; made here, it cannot be anybody else's, and nobody can read it who cannot read the database:
 * it holds bodies, and secrets that are not sealed.
 */
function create(): void {
  const mode = statSync(location).mode & 0o777
  const file = openSync(partial, 'wx', 0o600)
  fchmodSync(file, mode)
  closeSync(file)
}

function copy(): void {
  const connection = new DatabaseSync(location, { readOnly: true, timeout: busyTimeoutMs })
  try {
    connection.prepare('vacuum into ?').run(partial)
  } finally {
    connection.close()
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

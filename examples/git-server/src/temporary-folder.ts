import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that is gone when the process has ended. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-git-server-'))
  // In an exit handler, which may do nothing asynchronous, so that it is gone after a failure and after Ctrl+C too. More than once,
  // since a push that runs may write to it meanwhile.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }))
  return folder
}

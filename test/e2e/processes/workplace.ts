import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { killAll } from './store-process.ts'

/** Where the processes of one test meet. */
export interface Workplace {
  readonly folder: string
  /** Of a database that does not exist yet. */
  readonly location: string
}

/** Gives each test of a file a folder of its own; after it no process is left, and no file. */
export function useWorkplace(): Workplace {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-processes-'))
  })
  afterEach(async () => {
    await killAll()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    get folder() {
      return folder
    },
    get location() {
      return join(folder, 'posthorn.db')
    },
  }
}

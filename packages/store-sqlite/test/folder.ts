import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test. */
export interface Folder {
  readonly path: string
  /** Of a database in it, which does not exist yet. */
  readonly location: string
  remove(): void
}

export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'posthorn-sqlite-'))
  return {
    path,
    location: join(path, 'posthorn.db'),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** A test with a folder of its own. */
export function withFolder(run: (folder: Folder) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const folder = createFolder()
    try {
      await run(folder)
    } finally {
      folder.remove()
    }
  }
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGitClient } from './git-client.ts'

/** A clone, worked on with the real `git`. */
export interface WorkingCopy {
  /** Runs `git` in it; resolves with what it printed. */
  git(...args: readonly string[]): Promise<string>
  /** Writes a file and commits it. */
  commit(path: string, text: string, message: string): Promise<void>
}

/** @param home an empty folder; the clone becomes a folder within it */
export async function cloneRepository(home: string, url: string): Promise<WorkingCopy> {
  await createGitClient(home)(home, 'clone', '--quiet', url, 'clone')
  return openWorkingCopy(home)
}

/** The clone in a folder. */
export function openWorkingCopy(home: string): WorkingCopy {
  const client = createGitClient(home)
  const folder = join(home, 'clone')
  const git: WorkingCopy['git'] = (...args) => client(folder, ...args)
  return {
    git,
    commit: async (path, text, message) => {
      await writeFile(join(folder, path), text)
      await git('add', path)
      await git('commit', '--quiet', '--message', message)
    },
  }
}

import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where the files of a repository are. */
export interface GitDirs {
  /** With its `HEAD`. */
  readonly own: string
  /** With what all work trees of the repository share: objects, branches, `shallow`. */
  readonly common: string
}

/**
 * Follows a `.git` that is a file (of a submodule, of a further work tree, of `git init --separate-git-dir`) and the `commondir` of a
 * further work tree; see gitrepository-layout(5). What cannot be read is left as it is.
 */
export function findGitDirs(gitDir: string): GitDirs {
  const target = /^gitdir: (.+)$/m.exec(readIfThere(gitDir) ?? '')?.[1]
  const own = target === undefined ? gitDir : resolve(dirname(gitDir), target)
  const shared = readIfThere(join(own, 'commondir'))?.trimEnd()
  return { own, common: shared ? resolve(own, shared) : own }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

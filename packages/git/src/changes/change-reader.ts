import type { FileChange, Page } from '@posthorn/core'
import { checkObjectId } from '../objects/object-id.ts'
import type { GitSession } from '../process/git-session.ts'
import { createFieldSplitter } from '../process/nul-fields.ts'
import { createChangeCollector, maxPathBytes } from './change-collector.ts'
import { rawDiffOptions } from './raw-diff-options.ts'

/** Reads what commits changed, any number of them with one process. */
export interface ChangeReader {
  /** @param parent the commit to compare with; null for a root commit, which adds all it has */
  request(hash: string, parent: string | null): void
  /** The changes of each requested commit by its id, once the process is done. */
  finish(): Promise<ReadonlyMap<string, Page<FileChange>>>
}

/** `--always` names every commit, also one that changes nothing. */
const args: readonly string[] = ['diff-tree', '--stdin', '--always', ...rawDiffOptions]

/**
 * One `git diff-tree --stdin`. It prints the id of each commit, then its changes; what goes beyond `maxChanges` of a commit is
 * read and thrown away.
 */
export function openChangeReader(session: GitSession, maxChanges: number): ChangeReader {
  const found = new Map<string, Page<FileChange>>()
  const collector = createChangeCollector(session, maxChanges)
  let current: string | null = null

  function endCommit(): void {
    const page = collector.finish()
    if (current !== null) found.set(current, page)
  }

  const git = session.start(
    args,
    createFieldSplitter(maxPathBytes, (field, isCut) => {
      if (collector.take(field, isCut)) return
      endCommit()
      current = field.toString('latin1')
    }),
  )

  return {
    request: (hash, parent) => {
      const ids = parent === null ? [hash] : [hash, parent]
      git.write(`${ids.map(checkObjectId).join(' ')}\n`)
    },
    finish: async () => {
      git.end()
      await git.closed
      endCommit()
      return found
    },
  }
}

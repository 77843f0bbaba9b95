import type { FileChange, Page } from '@posthorn/core'
import { GitError } from '../errors.ts'
import type { GitSession } from '../process/git-session.ts'
import { hasTwoPaths, parseRawChange } from './parse-raw-change.ts'

/** Git bounds the length of a path only by that of a tree; nobody writes one of this length in earnest. */
export const maxPathBytes = 1_048_576

const colon = 0x3a
const newline = 0x0a

/** Gathers the changes of one commit after the other from fields `meta NUL path NUL [path NUL]` of a raw diff. */
export interface ChangeCollector {
  /** @returns false if the field belongs to no change, and so to what comes between commits */
  take(field: Buffer, isCut: boolean): boolean
  /** What was gathered since the last call. */
  finish(): Page<FileChange>
}

/** What goes beyond `maxChanges` of a commit is thrown away. */
export function createChangeCollector(session: GitSession, maxChanges: number): ChangeCollector {
  let values: FileChange[] = []
  let hasMore = false
  let meta: string | null = null
  let paths: Buffer[] = []

  function takePath(line: string, path: Buffer): void {
    paths.push(path)
    if (paths.length === 1 && hasTwoPaths(line)) return
    if (values.length === maxChanges) hasMore = true
    else {
      session.keep(line.length + paths.reduce((sum, { length }) => sum + length, 0))
      values.push(parseRawChange(line, paths))
    }
    meta = null
    paths = []
  }

  return {
    take: (field, isCut) => {
      if (meta !== null) {
        if (isCut) throw pathTooLong()
        takePath(meta, field)
        return true
      }
      // A log puts a newline between a commit and its changes.
      const start = field[0] === newline ? 1 : 0
      if (field[start] !== colon) return false
      meta = field.toString('latin1', start)
      return true
    },
    finish: () => {
      const page = { values, hasMore }
      values = []
      hasMore = false
      return page
    },
  }
}

/** The failure of a git that prints a path without end. */
export function pathTooLong(): GitError {
  return new GitError({
    code: 'git.output-too-large',
    message: `git printed a path of more than ${maxPathBytes} bytes.`,
  })
}

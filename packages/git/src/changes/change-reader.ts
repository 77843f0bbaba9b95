import type { FileChange, Page } from '@posthorn/core'
import { GitError } from '../errors.ts'
import type { GitSession } from '../process/git-session.ts'
import { hasTwoPaths, parseRawChange } from './parse-raw-change.ts'

/** Reads what commits changed, any number of them with one process. */
export interface ChangeReader {
  /** @param parent the commit to compare with; null for a root commit, which adds all it has */
  request(hash: string, parent: string | null): void
  /** The changes of each requested commit by its id, once the process is done. */
  finish(): Promise<ReadonlyMap<string, Page<FileChange>>>
}

/** Git bounds the length of a path only by that of a tree; nobody writes one of this length in earnest. */
const maxFieldBytes = 1_048_576

/** Of how many files at most Git compares contents to find renames: its own default since 2.34, whatever is configured. */
const renameLimit = 1_000

const colon = 0x3a

const args: readonly string[] = [
  'diff-tree',
  '--stdin',
  '--root',
  // Names every commit, also one that changes nothing.
  '--always',
  '-r',
  '--raw',
  '-z',
  '--no-abbrev',
  '-M',
  '-C',
  `-l${renameLimit}`,
]

interface CommitChanges {
  readonly values: FileChange[]
  hasMore: boolean
}

/**
 * One `git diff-tree --stdin`. It prints the id of each commit, then `meta NUL path NUL [path NUL]` for each change; what
 * goes beyond `maxChanges` of a commit is read and thrown away.
 */
export function openChangeReader(session: GitSession, maxChanges: number): ChangeReader {
  const found = new Map<string, CommitChanges>()
  let current: CommitChanges | null = null
  let meta: string | null = null
  let paths: Buffer[] = []
  let rest: Buffer = Buffer.alloc(0)

  const git = session.start(args, (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
      takeField(bytes.subarray(start, end))
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > maxFieldBytes) {
      throw new GitError({
        code: 'git.output-too-large',
        message: `git diff-tree printed a path of more than ${maxFieldBytes} bytes.`,
      })
    }
  })

  function takeField(field: Buffer): void {
    if (meta !== null) takePath(meta, field)
    else if (field[0] === colon) meta = field.toString('latin1')
    else {
      current = { values: [], hasMore: false }
      found.set(field.toString('latin1'), current)
    }
  }

  function takePath(line: string, path: Buffer): void {
    paths.push(path)
    if (paths.length === 1 && hasTwoPaths(line)) return
    if (current !== null) addChange(current, line)
    meta = null
    paths = []
  }

  function addChange(changes: CommitChanges, line: string): void {
    if (changes.values.length === maxChanges) {
      changes.hasMore = true
      return
    }
    session.keep(line.length + paths.reduce((sum, path) => sum + path.length, 0))
    changes.values.push(parseRawChange(line, paths))
  }

  return {
    request: (hash, parent) => git.write(parent === null ? `${hash}\n` : `${hash} ${parent}\n`),
    finish: async () => {
      git.end()
      await git.closed
      return found
    },
  }
}

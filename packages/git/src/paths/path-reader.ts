import { isUtf8 } from 'node:buffer'
import { devNull } from 'node:os'
import type { ChangedPath, Page } from '@posthorn/core'
import { maxPathBytes, pathTooLong } from '../changes/change-collector.ts'
import type { GitSession } from '../process/git-session.ts'
import { createFieldSplitter } from '../process/nul-fields.ts'

/** Paths kept of a push. */
const maxPaths = 20_000

/** Paths read and dropped beyond them. Whoever changes more waits for nothing: the rest is not read. */
const maxDropped = 200_000

/** `-c`: of a merge, the paths that differ from every parent, which are those that it changed itself. */
const args: readonly string[] = [
  'diff-tree',
  '--stdin',
  '--always',
  '--root',
  '-r',
  '-c',
  '--name-status',
  '-z',
  '--no-renames',
  '--ignore-submodules=none',
  `-O${devNull}`,
]

/** Reads which paths differ, any number of times with one process. */
export interface PathReader {
  /**
   * @param lines of a commit id each, or of two, of which the second is what the first is compared with. All must be there
   * @returns what gives the paths once the process is done; undefined if none of the lines was read
   */
  request(lines: readonly string[]): () => Page<ChangedPath> | undefined
  /** Resolves when everything was read that will be. */
  finish(): Promise<void>
}

interface Answer {
  readonly paths: Map<string, ChangedPath>
  hasMore: boolean
  isBegun: boolean
}

/** One `git diff-tree --stdin`, which prints the id of each line's first commit, then `status NUL path NUL` for each path. */
export function openPathReader(session: GitSession): PathReader {
  const asked: Answer[] = []
  let current: Answer | null = null
  let nextAsked = 0
  let isPathNext = false
  let keptCount = 0
  let droppedCount = 0

  const git = session.start(args, createFieldSplitter(maxPathBytes, takeField), 'full')

  function takeField(field: Buffer, isCut: boolean): void {
    if (isPathNext) {
      if (isCut) throw pathTooLong()
      isPathNext = false
      if (current !== null) addPath(current, field)
    } else if (isStatus(field)) isPathNext = true
    else {
      current = asked[nextAsked] ?? null
      nextAsked += 1
      if (current !== null) current.isBegun = true
    }
  }

  function addPath(answer: Answer, path: Buffer): void {
    const key = path.toString('latin1')
    if (answer.paths.has(key)) return
    if (keptCount < maxPaths) {
      session.keep(3 * path.length)
      answer.paths.set(key, isUtf8(path) ? path.toString('utf8') : Uint8Array.from(path))
      keptCount += 1
      return
    }
    answer.hasMore = true
    droppedCount += 1
    if (droppedCount > maxDropped) git.stop()
  }

  return {
    request: (lines) => {
      const answer: Answer = { paths: new Map(), hasMore: false, isBegun: lines.length === 0 }
      for (const line of lines) {
        asked.push(answer)
        git.write(`${line}\n`)
      }
      return () =>
        answer.isBegun ? { values: [...answer.paths.values()], hasMore: answer.hasMore } : undefined
    },
    finish: () => {
      git.end()
      return git.closed
    },
  }
}

/** One letter, or one for each parent of a merge; an id begins with a digit or a small letter. */
function isStatus(field: Buffer): boolean {
  const [first = 0] = field
  return first >= 0x41 && first <= 0x5a
}

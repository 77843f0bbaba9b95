import { isUtf8 } from 'node:buffer'
import { devNull } from 'node:os'
import type { ChangedPath } from '@posthorn/core'
import { maxPathBytes } from '../changes/change-collector.ts'
import type { GitSession } from '../process/git-session.ts'
import { createFieldSplitter } from '../process/nul-fields.ts'

/** Different paths kept of a push, if there is room for them. */
const maxPaths = 20_000

/** Times that a path may be told of, by one commit after the other. */
const maxMentions = 1_000_000

/** Paths read and dropped beyond them. Whoever changes more waits for nothing: the rest is not read. */
const maxDropped = 200_000

const bytesPerLine = 256
const bytesPerMention = 8

/** Of memory: the path and its key, one of which may take two. */
const bytesPerPathByte = 3

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

/** What one line was answered with. */
export interface PathAnswer {
  /** Each once. The same path is the same value in all answers, also where it is bytes. */
  readonly paths: readonly ChangedPath[]
  /** Whether there are others that were dropped. */
  readonly hasMore: boolean
}

interface GrowingAnswer {
  readonly paths: ChangedPath[]
  hasMore: boolean
}

/**
 * Reads which paths differ, for any number of lines by one `git diff-tree --stdin`, which prints the id of each line's first commit,
 * then `status NUL path NUL` for each path. It ends when half of the time is over, or the room for what can be left out.
 * @param lines of a commit id each, or of two, of which the second is what the first is compared with; those of one first. All must
 * be there
 * @returns by line; those that were not reached are not in it
 */
export async function readPaths(
  session: GitSession,
  lines: readonly string[],
): Promise<ReadonlyMap<string, PathAnswer>> {
  const answers = new Map<string, GrowingAnswer>()
  const known = new Map<string, ChangedPath>()
  let current: GrowingAnswer | null = null
  let isPathNext = false
  let isOver = false
  let mentionCount = 0
  let droppedCount = 0

  const git = session.start(args, createFieldSplitter(maxPathBytes, takeField), 'full')
  session.onHalfTime(stop)
  await git.writeAll(lines)
  await git.closed
  current = null
  return answers

  /** What is being read may have more, and so may whatever follows in the same piece of output: none of that is begun. */
  function stop(): void {
    if (current !== null) current.hasMore = true
    current = null
    isOver = true
    git.stop()
  }

  function takeField(field: Buffer, isCut: boolean): void {
    if (isOver) return
    if (isPathNext) {
      isPathNext = false
      if (current !== null) addPath(current, isCut ? null : toPath(field))
    } else if (isStatus(field)) isPathNext = true
    else beginAnswer(lines[answers.size])
  }

  function beginAnswer(line: string | undefined): void {
    current = null
    if (line === undefined) return
    if (!session.keepOptional(bytesPerLine)) {
      stop()
      return
    }
    current = { paths: [], hasMore: false }
    answers.set(line, current)
  }

  function addPath(answer: GrowingAnswer, path: ChangedPath | null): void {
    if (path !== null && mentionCount < maxMentions && session.keepOptional(bytesPerMention)) {
      mentionCount += 1
      answer.paths.push(path)
      return
    }
    answer.hasMore = true
    droppedCount += 1
    if (droppedCount > maxDropped) stop()
  }

  function toPath(bytes: Buffer): ChangedPath | null {
    const key = bytes.toString('latin1')
    const same = known.get(key)
    if (same !== undefined) return same
    if (known.size === maxPaths || !session.keepOptional(bytesPerPathByte * bytes.length)) return null
    const path = isUtf8(bytes) ? bytes.toString('utf8') : Uint8Array.from(bytes)
    known.set(key, path)
    return path
  }
}

/** One letter, or one for each parent of a merge; an id begins with a digit or a small letter. */
function isStatus(field: Buffer): boolean {
  const [first = 0] = field
  return first >= 0x41 && first <= 0x5a
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FileChange, isZeroId, type Page, type PushDetail } from '@posthorn/core'
import type { CommitSource } from '../objects/commit-source.ts'
import type { GitSession } from '../process/git-session.ts'
import type { PushUpdate } from '../push-update.ts'
import type { CommitRange, ForkedRange } from '../ranges/commit-range.ts'
import { RangeWalk } from '../ranges/range-walk.ts'
import { readLogStream } from './log-stream.ts'

/** What the log of one branch told; the commits themselves are in the source. */
export interface BranchLog {
  /** For a branch that was created. */
  readonly head: CommitRange | null
  /** For a branch that was moved: null if it went too far to be told from the beginning of the log; undefined if nobody knows. */
  readonly range: ForkedRange | null | undefined
  /** By commit, against its first parent. */
  readonly changes: ReadonlyMap<string, Page<FileChange>>
}

/** Commits read beyond the page: the old one, and those by which a walk makes sure that it is at its end. */
const spareCount = 8

/** The same where no changes are read, and a commit costs a tenth. */
const plainSpareCount = 64

/** Whether `git log` tells commits as they are stored: it leaves out the parents of those where a shallow clone ends, and believes in grafts. */
export function hasPlainHistory(gitDir: string): boolean {
  return !existsSync(join(gitDir, 'shallow')) && !existsSync(join(gitDir, 'info', 'grafts'))
}

/**
 * Reads a branch that was created or moved with a single process: the log from its new and its old commit on, which is stopped as
 * soon as the page is known. Whatever it could not tell is left to other ways of reading.
 */
export async function readBranchLog(
  session: GitSession,
  commits: CommitSource,
  { before, after }: PushUpdate,
  { maxCommits, maxChanges: wantedChanges }: PushDetail,
): Promise<BranchLog> {
  const isCreated = isZeroId(before)
  const maxChanges = maxCommits === 0 ? 0 : wantedChanges
  const maxCount = maxCommits + (isCreated ? 1 : maxChanges === 0 ? plainSpareCount : spareCount)
  const changes = new Map<string, Page<FileChange>>()
  const walk = isCreated ? createPageWalk(maxCommits) : createMoveWalk(before, after, maxCommits, maxChanges)
  const isWhole = await readLogStream(session, {
    tips: isCreated ? [after] : [after, before],
    maxCount,
    maxChanges,
    onChanges: (hash, page) => changes.set(hash, page),
    onCommit: (node, commit) => {
      commits.add(node, commit)
      return walk.take(node)
    },
  })
  return { changes, ...walk.result(isWhole, maxCount) }
}

interface LogWalk {
  /** @returns whether enough is known */
  take(node: {
    readonly hash: string
    readonly parents: readonly string[]
    readonly committedAt: number
  }): boolean
  result(isWhole: boolean, maxCount: number): Pick<BranchLog, 'head' | 'range'>
}

/** The page is the beginning of the log. */
function createPageWalk(maxCommits: number): LogWalk {
  const hashes: string[] = []
  return {
    take: ({ hash }) => hashes.push(hash) > maxCommits,
    result: (isWhole) => {
      const isKnown = hashes.length > 0 && (isWhole || hashes.length > maxCommits)
      const head = { hashes: hashes.slice(0, maxCommits), hasMore: hashes.length > maxCommits }
      return { head: isKnown ? head : null, range: undefined }
    },
  }
}

function createMoveWalk(before: string, after: string, maxCommits: number, maxChanges: number): LogWalk {
  const walk = new RangeWalk(before, after)
  const missing = new Set([before, after])
  let range: ForkedRange | null = null
  let count = 0
  return {
    take: (node) => {
      count += 1
      missing.delete(node.hash)
      if (range === null) {
        if (walk.isOverBefore(node)) range = walk.result(maxCommits)
        else walk.take(node)
      }
      // The commits of the head are wanted next, and come here for little where they come without changes.
      const isHeadWanted = range !== null && !range.isFastForward && maxChanges === 0
      return range !== null && missing.size === 0 && !isHeadWanted
    },
    result: (isWhole, maxCount) => {
      const isFull = count === maxCount
      if (range === null && isWhole && !isFull && missing.size === 0) range = walk.result(maxCommits)
      const isFar = isFull && !missing.has(after)
      return { head: null, range: range ?? (isFar ? null : undefined) }
    },
  }
}

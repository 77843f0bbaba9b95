import { existsSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { type FileChange, isZeroId, type Page, type PushDetail } from '@posthorn/core'
import type { CommitNode } from '../objects/commit-node.ts'
import type { CommitSource } from '../objects/commit-source.ts'
import { findGitDirs } from '../process/git-dirs.ts'
import type { GitSession, GitSessionOptions } from '../process/git-session.ts'
import type { PushUpdate } from '../push-update.ts'
import type { CommitRange, ForkedRange } from '../ranges/commit-range.ts'
import { type RangeEnd, RangeWalk } from '../ranges/range-walk.ts'
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

/** Whether `git log` tells commits as they are stored: it leaves out the parents of those where a shallow clone ends. */
export function hasPlainHistory({ gitDir, env }: Pick<GitSessionOptions, 'gitDir' | 'env'>): boolean {
  // Grafts are ours, which are none, unless the host wants others.
  if (env.GIT_SHALLOW_FILE !== undefined || env.GIT_GRAFT_FILE !== devNull) return false
  return !existsSync(join(findGitDirs(gitDir).common, 'shallow'))
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
    onCommit: ({ node, isDated, commit }) => {
      // Another walk over it would put it in the wrong place.
      if (isDated) commits.add(node, commit)
      return walk.take(node)
    },
  })
  return { changes, ...walk.result(maxCount, isWhole) }
}

interface LogWalk {
  /** @returns whether enough is known */
  take(node: CommitNode): boolean
  result(maxCount: number, isWhole: boolean): Pick<BranchLog, 'head' | 'range'>
}

/** The page is the beginning of the log. */
function createPageWalk(maxCommits: number): LogWalk {
  const hashes: string[] = []
  return {
    take: ({ hash }) => hashes.push(hash) > maxCommits,
    result: (_, isWhole) => {
      const isKnown = hashes.length > 0 && (isWhole || hashes.length > maxCommits)
      const head = { hashes: hashes.slice(0, maxCommits), hasMore: hashes.length > maxCommits }
      return { head: isKnown ? head : null, range: undefined }
    },
  }
}

/**
 * A walk along the log. What it is not certain of, dates might belie: that is walked once more, in Git's own way, over the commits
 * that the log has told.
 */
function createMoveWalk(before: string, after: string, maxCommits: number, maxChanges: number): LogWalk {
  const walk = new RangeWalk(before, after, 2)
  const missing = new Set([before, after])
  let end: RangeEnd = 'open'
  let count = 0
  return {
    take: (node) => {
      count += 1
      missing.delete(node.hash)
      if (end === 'open') end = walk.endBefore(node)
      if (end === 'open') walk.take(node)
      const isForced = end !== 'open' && !walk.result(0).isFastForward
      // The commits of the head are wanted next, and come here for little where they come without changes.
      return end !== 'open' && missing.size === 0 && (!isForced || maxChanges > 0)
    },
    result: (maxCount) => {
      if (end === 'certain') return { head: null, range: walk.result(maxCommits) }
      const isFar = end === 'open' && count === maxCount && !missing.has(after)
      return { head: null, range: isFar ? null : undefined }
    },
  }
}

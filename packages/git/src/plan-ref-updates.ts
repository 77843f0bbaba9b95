import type { PushDetail, RefTarget } from '@posthorn/core'
import type { BranchLog } from './log/read-branch-log.ts'
import type { ObjectReader } from './objects/object-reader.ts'
import { readTarget } from './objects/read-target.ts'
import type { PushUpdate } from './push-update.ts'
import type { CommitRange } from './ranges/commit-range.ts'
import { listRange } from './ranges/list-range.ts'
import {
  type KnownRanges,
  type Move,
  type RangeReader,
  type Ranges,
  readRanges,
  toRangeKey,
} from './ranges/read-ranges.ts'
import { walkHead } from './ranges/walk-head.ts'

/** An update with everything but the commits that came with it, of which the ids are known. */
export interface RefUpdatePlan {
  readonly update: PushUpdate
  readonly isForced: boolean
  readonly old: RefTarget | null
  readonly new: RefTarget | null
  readonly commits: CommitRange
  readonly headCommits: CommitRange | null
}

/** What {@link planRefUpdates} reads with. */
export interface PlanReader extends RangeReader {
  readonly objects: ObjectReader
  /** Of the only branch of the push that has a new commit; null if there are several, or none. */
  readonly log: { readonly update: PushUpdate; readonly told: BranchLog } | null
}

const none: CommitRange = { hashes: [], hasMore: false }

/** Whether commits are listed for a ref: for branches only. Tags and other refs have an old and a new target, no more. */
export function listsCommits({ ref }: PushUpdate): boolean {
  return ref.startsWith('refs/heads/')
}

/**
 * Finds out what updates did.
 *
 * Forced is an update whose old commit is no ancestor of its new one, of a tag as of a branch. If either is not there to be
 * compared (a tag of a tree; an old commit that was collected meanwhile, which an ancestor of the new one is not), the
 * update is forced too.
 */
export async function planRefUpdates(
  reader: PlanReader,
  updates: readonly PushUpdate[],
  { maxCommits }: PushDetail,
): Promise<readonly RefUpdatePlan[]> {
  const known = startKnownRange(reader, maxCommits)
  const aimed = await Promise.all(updates.map((update) => readTargets(reader, update)))
  const moves = aimed.map(toMove).filter((move) => move !== null)
  const ranges = await readRanges(reader, moves, maxCommits, known)
  return Promise.all(aimed.map((targets) => planRefUpdate(reader, targets, ranges, maxCommits)))
}

interface Targets {
  readonly update: PushUpdate
  readonly old: RefTarget | null
  readonly new: RefTarget | null
}

async function readTargets(reader: PlanReader, update: PushUpdate): Promise<Targets> {
  const [before, after] = await Promise.all([
    readTarget(reader, update.ref, update.before),
    readTarget(reader, update.ref, update.after),
  ])
  return { update, old: before, new: after }
}

function toMove({ old, new: target }: Targets): Move | null {
  if (!old?.commit || !target?.commit) return null
  return { before: old.commit.hash, after: target.commit.hash }
}

/**
 * The range of the branch that the log was read of. If it went far, its list is begun while its old commit is looked for; should that be
 * gone, nobody waits for the list, and the end of the session is its end.
 */
function startKnownRange({ session, log }: PlanReader, maxCommits: number): KnownRanges {
  if (log === null || log.told.range === undefined) return new Map()
  const { before, after } = log.update
  const range = log.told.range ?? listRange(session, before, after, maxCommits)
  if (range instanceof Promise) range.catch(() => undefined)
  return new Map([[toRangeKey(log.update), range]])
}

async function planRefUpdate(
  reader: PlanReader,
  targets: Targets,
  ranges: Ranges,
  maxCommits: number,
): Promise<RefUpdatePlan> {
  const { update, old, new: target } = targets
  const isListed = listsCommits(update)
  const listHead = () =>
    isListed && target?.commit ? readHead(reader, update, maxCommits) : Promise.resolve(none)

  if (target === null) return { ...targets, isForced: false, commits: none, headCommits: null }
  if (old === null) return { ...targets, isForced: false, commits: await listHead(), headCommits: null }
  const move = toMove(targets)
  const range = move === null ? undefined : ranges.get(toRangeKey(move))
  if (range === undefined) {
    const head = await listHead()
    return { ...targets, isForced: true, commits: head, headCommits: head }
  }
  const { isFastForward, ...commits } = range
  return {
    ...targets,
    isForced: !isFastForward,
    commits: isListed ? commits : none,
    headCommits: isFastForward ? null : await listHead(),
  }
}

/** The id of a branch's update is that of a commit, never that of a tag. */
async function readHead(
  { commits, log }: PlanReader,
  update: PushUpdate,
  maxCommits: number,
): Promise<CommitRange> {
  const told = log?.update === update ? log.told.head : null
  return told ?? walkHead(commits, update.after, maxCommits)
}

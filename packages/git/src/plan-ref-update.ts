import type { PushDetail, RefTarget } from '@posthorn/core'
import type { ObjectReader } from './objects/object-reader.ts'
import { readTarget } from './objects/read-target.ts'
import type { PushUpdate } from './push-update.ts'
import type { CommitRange } from './ranges/commit-range.ts'
import { type RangeReader, readRange } from './ranges/read-range.ts'
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

/** What {@link planRefUpdate} reads with. */
export interface PlanReader extends RangeReader {
  readonly objects: ObjectReader
}

const none: CommitRange = { hashes: [], hasMore: false }

/** Whether commits are listed for a ref: for branches only. Tags and other refs have an old and a new target, no more. */
export function listsCommits({ ref }: PushUpdate): boolean {
  return ref.startsWith('refs/heads/')
}

/**
 * Finds out what an update did.
 *
 * Forced is an update whose old commit is no ancestor of its new one, of a tag as of a branch. If either is not there to be
 * compared (a tag of a tree; an old commit that was collected meanwhile, which an ancestor of the new one is not), the
 * update is forced too.
 */
export async function planRefUpdate(
  reader: PlanReader,
  update: PushUpdate,
  { maxCommits }: PushDetail,
): Promise<RefUpdatePlan> {
  const { session, objects, commits } = reader
  const [before, after] = await Promise.all([
    readTarget(session, objects, commits, update.ref, update.before),
    readTarget(session, objects, commits, update.ref, update.after),
  ])
  const plan = { update, old: before, new: after }
  const isListed = listsCommits(update)
  const listHead = () =>
    isListed && after?.commit ? walkHead(commits, after.commit.hash, maxCommits) : Promise.resolve(none)

  if (after === null) return { ...plan, isForced: false, commits: none, headCommits: null }
  if (before === null) return { ...plan, isForced: false, commits: await listHead(), headCommits: null }
  if (before.commit === null || after.commit === null) {
    const head = await listHead()
    return { ...plan, isForced: true, commits: head, headCommits: head }
  }
  const { isFastForward, ...range } = await readRange(
    reader,
    before.commit.hash,
    after.commit.hash,
    isListed ? maxCommits : 0,
  )
  return {
    ...plan,
    isForced: !isFastForward,
    commits: isListed ? range : none,
    headCommits: isFastForward ? null : await listHead(),
  }
}

import { type ChangedPath, isZeroId, type Page } from '@posthorn/core'
import { checkObjectId } from '../objects/object-id.ts'
import { listsCommits, type RefUpdatePlan } from '../plan-ref-updates.ts'
import type { GitSession } from '../process/git-session.ts'
import type { PushUpdate } from '../push-update.ts'
import { createPacer } from '../ranges/pacer.ts'
import { type PathPage, PathPages } from './path-pages.ts'
import { readPaths } from './path-reader.ts'
import { type NewCommits, readNewCommits } from './read-new-commits.ts'

const nothing: Page<ChangedPath> = { values: [], hasMore: false }

/** Git compares a merge with each of its parents. With more of them than anybody makes, what it changed is not known. */
const maxComparedParents = 256

/**
 * The paths that each update of a push changed, for filters by path; see `RefUpdate.changedPaths`.
 *
 * Of a branch that was moved: the paths that differ between its old and its new tree, both of a rename. Of one that was created: the
 * paths changed by the commits that no branch reached before the push; of a merge, those that differ from every parent. Nothing
 * of what was deleted, of tags, and of refs that are neither. One process for all differences, and two more if a branch was
 * created, however many there are; each commit is read once, however many branches have it. Whatever is too much is left out, and
 * fails no push: paths that are not known keep nothing from anybody.
 * @returns for each plan; undefined where nothing can be known
 */
export async function readChangedPaths(
  session: GitSession,
  plans: readonly RefUpdatePlan[],
): Promise<readonly PathPage[]> {
  const updates = plans.map(({ update }) => update)
  const tips = new Set(plans.filter((plan) => toKind(plan) === 'created').map(({ update }) => update.after))
  const created = tips.size === 0 ? null : await readNewCommits(session, tips, updates)
  const lines = toLines(plans, created)
  const answers = lines.size === 0 ? new Map() : await readPaths(session, [...lines])
  const pages = new PathPages(answers, createPacer(session))
  const read: PathPage[] = []
  // One after the other, so that the first ones get what room there is.
  for (const plan of plans) read.push(await toPage(plan, pages, created))
  return read
}

type Kind = 'none' | 'unknown' | 'created' | 'moved'

function toKind({ update, old, new: target }: RefUpdatePlan): Kind {
  if (!listsCommits(update) || target === null) return 'none'
  if (target.commit === null) return 'unknown'
  if (isZeroId(update.before)) return 'created'
  if (update.before === update.after) return 'none'
  return old?.commit ? 'moved' : 'unknown'
}

/**
 * What is to be read, each once. Commits stand before comparisons: to git, what a line compares a commit with is its only parent from
 * there on (`stdin_diff_commit` in builtin/diff-tree.c), and a later line of the commit alone would be answered like that one.
 */
function toLines(plans: readonly RefUpdatePlan[], created: NewCommits | null): ReadonlySet<string> {
  const lines = new Set<string>()
  for (const [hash, parents] of created?.parents ?? []) {
    if (parents.length <= maxComparedParents) lines.add(checkObjectId(hash))
  }
  for (const plan of plans) {
    if (toKind(plan) === 'moved') lines.add(toMovedLine(plan.update))
  }
  return lines
}

function toMovedLine({ before, after }: PushUpdate): string {
  return `${checkObjectId(after)} ${checkObjectId(before)}`
}

async function toPage(plan: RefUpdatePlan, pages: PathPages, created: NewCommits | null): Promise<PathPage> {
  const kind = toKind(plan)
  if (kind === 'none') return nothing
  if (kind === 'moved') return pages.ofLine(toMovedLine(plan.update))
  if (kind === 'unknown' || created === null) return undefined
  return pages.ofTip(plan.update.after, created)
}

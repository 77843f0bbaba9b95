import { type ChangedPath, isZeroId, type Page } from '@posthorn/core'
import { listsCommits, type RefUpdatePlan } from '../plan-ref-updates.ts'
import type { GitSession } from '../process/git-session.ts'
import { openPathReader, type PathReader } from './path-reader.ts'
import { type NewCommits, readNewCommits } from './read-new-commits.ts'

const nothing: Page<ChangedPath> = { values: [], hasMore: false }

/**
 * The paths that each update of a push changed, for filters by path; see `RefUpdate.changedPaths`.
 *
 * Of a branch that was moved: the paths that differ between its old and its new tree, both of a rename. Of one that was created: the
 * paths changed by the commits that no branch reached before the push; of a merge, those that differ from every parent. Nothing
 * of what was deleted, of tags, and of refs that are neither. One process for all differences, and two more if a branch was
 * created, however many there are.
 * @returns for each plan; undefined where nothing can be known
 */
export async function readChangedPaths(
  session: GitSession,
  plans: readonly RefUpdatePlan[],
): Promise<readonly (Page<ChangedPath> | undefined)[]> {
  const created = plans.filter((plan) => toKind(plan) === 'created').map(({ update }) => update.after)
  const newCommits =
    created.length === 0
      ? null
      : await readNewCommits(
          session,
          created,
          plans.map(({ update }) => update),
        )
  const isReaderNeeded = created.length > 0 || plans.some((plan) => toKind(plan) === 'moved')
  const reader = isReaderNeeded ? openPathReader(session) : null
  const pages = plans.map((plan) => request(plan, reader, newCommits))
  await reader?.finish()
  return pages.map((page) => page())
}

type Kind = 'none' | 'unknown' | 'created' | 'moved'

function toKind({ update, old, new: target }: RefUpdatePlan): Kind {
  if (!listsCommits(update) || target === null) return 'none'
  if (target.commit === null) return 'unknown'
  if (isZeroId(update.before)) return 'created'
  if (update.before === update.after) return 'none'
  return old?.commit ? 'moved' : 'unknown'
}

/** Asks for the paths of an update. @returns what gives them when the reader is done */
function request(
  plan: RefUpdatePlan,
  reader: PathReader | null,
  newCommits: NewCommits | null,
): () => Page<ChangedPath> | undefined {
  const kind = toKind(plan)
  if (kind === 'none') return () => nothing
  if (kind === 'unknown' || reader === null) return () => undefined
  const { before, after } = plan.update
  if (kind === 'moved') return reader.request([`${after} ${before}`])
  if (newCommits === null) return () => undefined
  const { hashes, isWhole } = newCommits.of(after)
  const read = reader.request(hashes)
  return () => {
    const page = read()
    return page === undefined || isWhole ? page : { ...page, hasMore: true }
  }
}

import {
  type ChangedPath,
  type Commit,
  type FileChange,
  isZeroId,
  type Page,
  type PushEvent,
  type RefUpdate,
} from '@posthorn/core'
import { openChangeReader } from './changes/change-reader.ts'
import { hasPlainHistory, readBranchLog } from './log/read-branch-log.ts'
import { createCommitSource } from './objects/commit-source.ts'
import { openObjectReader } from './objects/object-reader.ts'
import { readChangedPaths } from './paths/read-changed-paths.ts'
import { listsCommits, type PlanReader, planRefUpdates, type RefUpdatePlan } from './plan-ref-updates.ts'
import { type GitSession, openGitSession } from './process/git-session.ts'
import type { PushUpdate } from './push-update.ts'
import type { CommitRange } from './ranges/commit-range.ts'
import { readChanges } from './read-changes.ts'
import { type ReadPushOptions, type ResolvedReadPush, resolveReadPushOptions } from './read-push-options.ts'

/**
 * Reads a push from its repository with the real git.
 *
 * A push of one branch, on its own or with tags and deletions, is read by one `git log` from the new and the old commit on, which
 * is stopped when the page is known. What that cannot tell, and every push of several branches, goes by `git cat-file --batch`
 * for commits and tags, over whose answers history is walked, and `git diff-tree --stdin` for changes. Up to four refs
 * that moved far have a `git rev-list` each; more of them share one. So no push takes more than seven processes for its commits and
 * changes, and three more for `changedPaths`, however many refs and commits it has. Only object ids reach git, on its input; no
 * ref name, and nothing through a shell. What is kept in memory is the pages; the rest of any output is read and dropped.
 *
 * What is not there is null, not a failure: an old commit that was collected (the update then is forced), a new one that
 * was pushed over before the push was read.
 * @throws {GitError}
 * @throws {InvalidInputError} `option.invalid`
 */
export async function readPush(options: ReadPushOptions): Promise<PushEvent> {
  const resolved = resolveReadPushOptions(options)
  const { repository, actor, id } = options
  const event = { key: 'repo:push', repository, actor, ...(id === undefined ? {} : { id }) } as const
  if (resolved.updates.length === 0) return { ...event, refUpdates: [] }
  const session = openGitSession(resolved.session)
  try {
    return { ...event, refUpdates: await readRefUpdates(session, resolved) }
  } finally {
    await session.close()
  }
}

async function readRefUpdates(
  session: GitSession,
  { updates, detail, session: options }: ResolvedReadPush,
): Promise<readonly RefUpdate[]> {
  const objects = openObjectReader(session)
  const commits = createCommitSource(session, objects)
  const [branch, ...otherBranches] = updates.filter(bringsCommits)
  const isOnly = branch !== undefined && otherBranches.length === 0 && hasPlainHistory(options)
  const wantsChanges = branch !== undefined && detail.maxCommits > 0 && detail.maxChanges > 0
  // Several branches go by it in any case: started now, it is ready when the first commits are known.
  const early = wantsChanges && !isOnly ? openChangeReader(session, detail.maxChanges) : null
  const log = isOnly ? { update: branch, told: await readBranchLog(session, commits, branch, detail) } : null
  const reader: PlanReader = { session, objects, commits, log }

  const plans = await planRefUpdates(reader, updates, detail)
  if (plans.some(isNewMissing)) session.checkRepository()
  const paths = detail.changedPaths === true ? readChangedPaths(session, plans) : null
  // Waited for below; a failure of the others comes first.
  paths?.catch(() => undefined)
  const shown = await readShownCommits(reader, plans)
  const changes = wantsChanges
    ? await readChanges(reader, { early, plans, shown, maxChanges: detail.maxChanges })
    : new Map<string, Page<FileChange>>()
  await objects.end()
  const changedPaths = await paths
  const told = addChanges(shown, changes)
  return plans.map((plan, index) => toRefUpdate(plan, { shown, told }, changedPaths?.[index]))
}

function bringsCommits(update: PushUpdate): boolean {
  return listsCommits(update) && !isZeroId(update.after)
}

function isNewMissing(plan: RefUpdatePlan): boolean {
  return plan.new !== null && plan.new.commit === null && plan.new.annotation === null
}

async function readShownCommits(
  { commits }: PlanReader,
  plans: readonly RefUpdatePlan[],
): Promise<ReadonlyMap<string, Commit>> {
  const hashes = new Set(
    plans.flatMap((plan) => [...plan.commits.hashes, ...(plan.headCommits?.hashes ?? [])]),
  )
  const read = await Promise.all([...hashes].map((hash) => commits.readCommit(hash)))
  return new Map(read.filter((commit) => commit !== null).map((commit) => [commit.hash, commit]))
}

/** Once for all refs that show a commit. */
function addChanges(
  shown: ReadonlyMap<string, Commit>,
  changes: ReadonlyMap<string, Page<FileChange>>,
): ReadonlyMap<string, Commit> {
  const told = new Map(shown)
  for (const [hash, changed] of changes) {
    const commit = shown.get(hash)
    if (commit !== undefined) told.set(hash, { ...commit, changes: changed })
  }
  return told
}

function toRefUpdate(
  plan: RefUpdatePlan,
  { shown, told }: Readonly<Record<'shown' | 'told', ReadonlyMap<string, Commit>>>,
  changedPaths: Page<ChangedPath> | undefined,
): RefUpdate {
  const { update, isForced, old, new: target, commits, headCommits } = plan
  const { ref, before, after } = update
  return {
    ref,
    before,
    after,
    isForced,
    old,
    new: target,
    commits: toPage(commits, (hash) => told.get(hash)),
    ...(headCommits === null ? {} : { headCommits: toPage(headCommits, (hash) => shown.get(hash)) }),
    ...(changedPaths === undefined ? {} : { changedPaths }),
  }
}

function toPage({ hashes, hasMore }: CommitRange, find: (hash: string) => Commit | undefined): Page<Commit> {
  return { values: hashes.map(find).filter((commit) => commit !== undefined), hasMore }
}

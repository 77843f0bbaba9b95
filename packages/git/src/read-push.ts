import {
  type Commit,
  type FileChange,
  isZeroId,
  type Page,
  type PushDetail,
  type PushEvent,
  type RefUpdate,
} from '@posthorn/core'
import { type ChangeReader, openChangeReader } from './changes/change-reader.ts'
import { createCommitSource } from './objects/commit-source.ts'
import { openObjectReader } from './objects/object-reader.ts'
import { listsCommits, type PlanReader, planRefUpdate, type RefUpdatePlan } from './plan-ref-update.ts'
import { createGate } from './process/gate.ts'
import { type GitSession, openGitSession } from './process/git-session.ts'
import type { PushUpdate } from './push-update.ts'
import type { CommitRange } from './ranges/commit-range.ts'
import { type ReadPushOptions, resolveReadPushOptions } from './read-push-options.ts'

/** Processes that may list long ranges at the same time. */
const maxListing = 4

/**
 * Reads a push from its repository with the real git.
 *
 * Every fact comes from plumbing in a fixed format, so no configuration changes it. Processes, whatever the number of refs:
 * one `git cat-file --batch` for all commits and tags, and, if changes are wanted of some branch, one `git diff-tree
 * --stdin` for all of them. History is walked here, over what cat-file answers: the first page of a new branch costs the
 * commits of that page, and `before..after` of an updated ref its own length; a ref that moved by more than 128 commits
 * has one `git rev-list` of its own instead, four at a time. So a push of 1 or 1,000 refs has one or two processes, and
 * one more for each ref that moved far. Only object ids reach git, on its input; no ref name, and nothing through a shell.
 * What is kept in memory is the pages; the rest of any output is read and dropped.
 *
 * What is not there is null, not a failure: an old commit that was collected (the update then is forced), a new one that
 * was pushed over before the push was read.
 * @throws {GitError}
 * @throws {InvalidInputError} `option.invalid`
 */
export async function readPush(options: ReadPushOptions): Promise<PushEvent> {
  const { updates, detail, session: sessionOptions } = resolveReadPushOptions(options)
  const { repository, actor, id } = options
  const event = { key: 'repo:push', repository, actor, ...(id === undefined ? {} : { id }) } as const
  if (updates.length === 0) return { ...event, refUpdates: [] }
  const session = openGitSession(sessionOptions)
  try {
    return { ...event, refUpdates: await readRefUpdates(session, updates, detail) }
  } finally {
    await session.close()
  }
}

async function readRefUpdates(
  session: GitSession,
  updates: readonly PushUpdate[],
  detail: PushDetail,
): Promise<readonly RefUpdate[]> {
  const objects = openObjectReader(session)
  // Started now, so that it is ready when the first commits are known.
  const changeReader = wantsChanges(updates, detail) ? openChangeReader(session, detail.maxChanges) : null
  const reader = {
    session,
    objects,
    commits: createCommitSource(session, objects),
    gate: createGate(maxListing),
  }
  const plans = await Promise.all(updates.map((update) => planRefUpdate(reader, update, detail)))
  if (plans.some(isNewMissing)) session.checkRepository()

  const shown = await readShownCommits(reader, plans)
  if (changeReader !== null) await requestChanges(reader, changeReader, plans, shown)
  const [changes] = await Promise.all([
    changeReader?.finish() ?? new Map<string, Page<FileChange>>(),
    objects.end(),
  ])
  return plans.map((plan) => toRefUpdate(plan, shown, changes))
}

function wantsChanges(updates: readonly PushUpdate[], { maxCommits, maxChanges }: PushDetail): boolean {
  if (maxCommits === 0 || maxChanges === 0) return false
  return updates.some((update) => listsCommits(update) && !isZeroId(update.after))
}

function isNewMissing(plan: RefUpdatePlan): boolean {
  return plan.new !== null && plan.new.commit === null && plan.new.annotation === null
}

type ShownCommits = ReadonlyMap<string, Commit>

async function readShownCommits(
  { commits }: PlanReader,
  plans: readonly RefUpdatePlan[],
): Promise<ShownCommits> {
  const hashes = new Set(
    plans.flatMap((plan) => [...plan.commits.hashes, ...(plan.headCommits?.hashes ?? [])]),
  )
  const read = await Promise.all([...hashes].map((hash) => commits.readCommit(hash)))
  return new Map(read.filter((commit) => commit !== null).map((commit) => [commit.hash, commit]))
}

/** Asks for what each commit changed against its first parent, unless that is missing, as below a shallow clone. */
async function requestChanges(
  { commits }: PlanReader,
  changeReader: ChangeReader,
  plans: readonly RefUpdatePlan[],
  shown: ShownCommits,
): Promise<void> {
  const hashes = new Set(plans.flatMap((plan) => plan.commits.hashes))
  const wanted = [...hashes].map((hash) => shown.get(hash)).filter((commit) => commit !== undefined)
  await commits.loadNodes(
    wanted.flatMap(({ parents: [first] }) => (first === undefined ? [] : [first])),
    0,
  )
  for (const { hash, parents } of wanted) {
    const [first] = parents
    if (first === undefined) changeReader.request(hash, null)
    else if (commits.node(first)) changeReader.request(hash, first)
  }
}

function toRefUpdate(
  plan: RefUpdatePlan,
  shown: ShownCommits,
  changes: ReadonlyMap<string, Page<FileChange>>,
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
    commits: toPage(commits, (hash) => {
      const commit = shown.get(hash)
      const changed = changes.get(hash)
      return commit === undefined || changed === undefined ? commit : { ...commit, changes: changed }
    }),
    ...(headCommits === null ? {} : { headCommits: toPage(headCommits, (hash) => shown.get(hash)) }),
  }
}

function toPage({ hashes, hasMore }: CommitRange, find: (hash: string) => Commit | undefined): Page<Commit> {
  return { values: hashes.map(find).filter((commit) => commit !== undefined), hasMore }
}

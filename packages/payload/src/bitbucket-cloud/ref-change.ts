import type { RefTarget, RefUpdate } from '@posthorn/core'
import { toIsoSeconds } from '../to-iso-seconds.ts'
import { toCommitId, toListedCommit, toTarget } from './commit.ts'
import type { WireContext } from './context.ts'
import { toBranchLinks, toCompareLinks, toRangeLink, toTagLinks } from './links.ts'
import type {
  WireBranch,
  WireBranchLinks,
  WireCommit,
  WireCommitId,
  WireRefChange,
  WireRefChangeLinks,
  WireTag,
  WireTagLinks,
} from './wire.ts'

const branchPrefix = 'refs/heads/'
const tagPrefix = 'refs/tags/'

/** What a change takes at least, beside the name of its ref and the links that hold it. */
const leastBytes = 250

/** What a branch of the vendor offers when nobody changed its settings. Source: bodies captured in 2025. */
const mergeStrategies = [
  'merge_commit',
  'squash',
  'fast_forward',
  'squash_fast_forward',
  'rebase_fast_forward',
  'rebase_merge',
] as const
const syncStrategies = ['merge_commit', 'rebase'] as const
const defaultMergeStrategy = 'merge_commit'

/** Whether a ref is a branch or a tag; of others the vendor has no shape. */
export function isShown({ ref }: RefUpdate): boolean {
  return ref.startsWith(branchPrefix) || ref.startsWith(tagPrefix)
}

/** What happened to a branch or tag. */
export function toRefChange(update: RefUpdate, context: WireContext): WireRefChange {
  context.room.take(leastBytes)
  return update.ref.startsWith(branchPrefix)
    ? toBranchChange(update, update.ref.slice(branchPrefix.length), context)
    : toTagChange(update, update.ref.slice(tagPrefix.length), context)
}

function toBranchChange(update: RefUpdate, name: string, context: WireContext): WireRefChange {
  const { bounds, room, urls } = context
  const refLinks = toBranchLinks(urls, name)
  const { self, commits: log, html, pullrequest_create: create } = refLinks
  takeName(
    update,
    name.length + self.href.length + log.href.length + html.href.length + create.href.length,
    context,
  )
  const old = update.old && toBranch(name, update.old, update.before, refLinks, context)
  const created = old === null
  if (update.new === null) {
    return { old, new: null, truncated: false, created, forced: false, closed: true }
  }
  const forced = isForced(update)
  const commits = forced ? (update.headCommits ?? update.commits) : update.commits
  return {
    old,
    new: toBranch(name, update.new, update.after, refLinks, context),
    truncated: commits.hasMore || commits.values.length > bounds.maxCommits,
    created,
    forced,
    closed: false,
    links: toBranchChangeLinks(update, refLinks, context),
    commits: room.takeList(commits.values, bounds.maxCommits, (commit) => toListedCommit(commit, context)),
  }
}

/** A new or forced branch has nothing that it could be compared with: its page stands where the comparison would. */
function toBranchChangeLinks(
  update: RefUpdate,
  { html }: WireBranchLinks,
  { urls }: WireContext,
): WireRefChangeLinks {
  const { after, before } = toShownHashes(update)
  if (before !== null && !isForced(update)) return toCompareLinks(urls, after, before)
  return { commits: toRangeLink(urls, after, before), html }
}

function toTagChange(update: RefUpdate, name: string, context: WireContext): WireRefChange {
  const { urls } = context
  const refLinks = toTagLinks(urls, name)
  const { self, commits: log, html } = refLinks
  takeName(update, name.length + self.href.length + log.href.length + html.href.length, context)
  const old = update.old && toTag(name, update.old, update.before, refLinks, context)
  const created = old === null
  if (update.new === null) {
    return { old, new: null, truncated: false, created, forced: false, closed: true }
  }
  const { after, before } = toShownHashes(update)
  return {
    old,
    new: toTag(name, update.new, update.after, refLinks, context),
    truncated: false,
    created,
    forced: isForced(update),
    closed: false,
    links: { commits: toRangeLink(urls, after, before) },
  }
}

/** @param length of a name and the links that hold it, which stand in each of the two refs that is there */
function takeName(update: RefUpdate, length: number, { room }: WireContext): void {
  room.take(length * ((update.old === null ? 0 : 1) + (update.new === null ? 0 : 1)))
}

function isForced(update: RefUpdate): boolean {
  return update.isForced && update.old !== null && update.new !== null
}

/** Commits with tags peeled, as links name them; the object itself where there is no commit. */
function toShownHashes(update: RefUpdate): { readonly after: string; readonly before: string | null } {
  return {
    after: update.new?.commit?.hash ?? update.after,
    before: update.old === null ? null : (update.old.commit?.hash ?? update.before),
  }
}

function toBranch(
  name: string,
  target: RefTarget,
  hash: string,
  links: WireBranchLinks,
  context: WireContext,
): WireBranch {
  return {
    name,
    target: toTargetOf(target, hash, context),
    links,
    type: 'branch',
    merge_strategies: mergeStrategies,
    sync_strategies: syncStrategies,
    default_merge_strategy: defaultMergeStrategy,
  }
}

function toTag(
  name: string,
  target: RefTarget,
  hash: string,
  links: WireTagLinks,
  context: WireContext,
): WireTag {
  const { annotation } = target
  return {
    name,
    type: 'tag',
    message: annotation && context.room.takeText(annotation.message, 1),
    date: annotation?.tagger == null ? null : toIsoSeconds(annotation.tagger.at),
    // Empty even where the tagger is known, in bodies captured in 2025.
    tagger: annotation && {},
    target: toTargetOf(target, hash, context),
    links,
  }
}

/**
 * Never null: receivers read `target.hash` of every change, and one that fails there has lost the other changes of the body too. Read
 * in the sources of Buildbot and of Jenkins, which does without the date.
 * @param hash what the ref points to, for want of a commit
 */
function toTargetOf({ commit }: RefTarget, hash: string, context: WireContext): WireCommit | WireCommitId {
  return commit === null ? toCommitId(hash, context) : toTarget(commit, context)
}

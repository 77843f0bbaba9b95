import type { BuildContext, RefTarget, RefUpdate, RepositoryRef, Site } from '@posthorn/core'
import { toIsoSeconds } from '../to-iso-seconds.ts'
import { toListedCommit, toTarget } from './commit.ts'
import { toBranchLinks, toBranchPage, toCompareLinks, toRangeLink, toTagLinks } from './links.ts'
import type { WireBranch, WireCommit, WireRefChange, WireRefChangeLinks, WireTag } from './wire.ts'

const branchPrefix = 'refs/heads/'
const tagPrefix = 'refs/tags/'

/** What a branch of the vendor offers when nobody changed its settings. Source: bodies captured in 2025. */
const mergeSettings = {
  merge_strategies: [
    'merge_commit',
    'squash',
    'fast_forward',
    'squash_fast_forward',
    'rebase_fast_forward',
    'rebase_merge',
  ],
  sync_strategies: ['merge_commit', 'rebase'],
  default_merge_strategy: 'merge_commit',
} as const

/** What happened to a branch or tag; null for a ref that is neither, of which the vendor has no shape. */
export function toRefChange(
  update: RefUpdate,
  repository: RepositoryRef,
  context: BuildContext,
): WireRefChange | null {
  if (update.ref.startsWith(branchPrefix)) return toBranchChange(update, repository, context)
  if (update.ref.startsWith(tagPrefix)) return toTagChange(update, repository, context.site)
  return null
}

function toBranchChange(
  update: RefUpdate,
  repository: RepositoryRef,
  { site, caps }: BuildContext,
): WireRefChange {
  const name = update.ref.slice(branchPrefix.length)
  const commits = isForced(update) ? (update.headCommits ?? update.commits) : update.commits
  const change = {
    old: update.old === null ? null : toBranch(name, update.old, repository, site),
    new: update.new === null ? null : toBranch(name, update.new, repository, site),
    truncated: update.new !== null && (commits.hasMore || commits.values.length > caps.maxCommits),
    ...toFlags(update),
  }
  if (update.new === null) return change
  return {
    ...change,
    links: toBranchChangeLinks(update, name, repository, site),
    commits: commits.values
      .slice(0, caps.maxCommits)
      .map((commit) => toListedCommit(commit, repository, site)),
  }
}

/** A new or forced branch has nothing that it could be compared with: its page stands where the comparison would. */
function toBranchChangeLinks(
  update: RefUpdate,
  name: string,
  repository: RepositoryRef,
  site: Site,
): WireRefChangeLinks {
  const { after, before } = toShownHashes(update)
  if (before !== null && !isForced(update)) return toCompareLinks(site, repository, after, before)
  return {
    commits: toRangeLink(site, repository, after, before),
    html: toBranchPage(site, repository, name),
  }
}

function toTagChange(update: RefUpdate, repository: RepositoryRef, site: Site): WireRefChange {
  const name = update.ref.slice(tagPrefix.length)
  const change = {
    old: update.old === null ? null : toTag(name, update.old, repository, site),
    new: update.new === null ? null : toTag(name, update.new, repository, site),
    truncated: false,
    ...toFlags(update),
  }
  if (update.new === null) return change
  const { after, before } = toShownHashes(update)
  return { ...change, links: { commits: toRangeLink(site, repository, after, before) } }
}

function toFlags(update: RefUpdate): Pick<WireRefChange, 'created' | 'forced' | 'closed'> {
  return {
    created: update.old === null,
    forced: isForced(update),
    closed: update.new === null,
  }
}

function isForced(update: RefUpdate): boolean {
  return update.isForced && update.old !== null && update.new !== null
}

/** Commits with tags peeled, as links name them; the object itself where a tag leads to no commit. */
function toShownHashes(update: RefUpdate): { readonly after: string; readonly before: string | null } {
  return {
    after: update.new?.commit?.hash ?? update.after,
    before: update.old === null ? null : (update.old.commit?.hash ?? update.before),
  }
}

function toBranch(name: string, target: RefTarget, repository: RepositoryRef, site: Site): WireBranch {
  return {
    name,
    target: toTargetOrNull(target, repository, site),
    links: toBranchLinks(site, repository, name),
    type: 'branch',
    ...mergeSettings,
  }
}

function toTag(name: string, target: RefTarget, repository: RepositoryRef, site: Site): WireTag {
  const { annotation } = target
  return {
    name,
    type: 'tag',
    message: annotation?.message ?? null,
    date: annotation?.tagger == null ? null : toIsoSeconds(annotation.tagger.at),
    // Empty even where the tagger is known, in bodies captured in 2025.
    tagger: annotation === null ? null : {},
    target: toTargetOrNull(target, repository, site),
    links: toTagLinks(site, repository, name),
  }
}

function toTargetOrNull({ commit }: RefTarget, repository: RepositoryRef, site: Site): WireCommit | null {
  return commit === null ? null : toTarget(commit, repository, site)
}

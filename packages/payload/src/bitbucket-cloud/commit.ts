import type { Commit, Identity, RepositoryRef, Site } from '@posthorn/core'
import { renderMessage } from '../render-message.ts'
import { toIsoSeconds } from '../to-iso-seconds.ts'
import { toAccount } from './account.ts'
import { toCommitLinks, toListedCommitLinks } from './links.ts'
import type { WireAuthor, WireCommit, WireCommitLinks } from './wire.ts'

/** A commit as the target of a branch or tag. */
export function toTarget(commit: Commit, repository: RepositoryRef, site: Site): WireCommit {
  return toCommit(commit, repository, site, toCommitLinks(site, repository, commit.hash))
}

/** A commit in the list that a change carries. */
export function toListedCommit(commit: Commit, repository: RepositoryRef, site: Site): WireCommit {
  return toCommit(commit, repository, site, toListedCommitLinks(site, repository, commit.hash))
}

function toCommit(commit: Commit, repository: RepositoryRef, site: Site, links: WireCommitLinks): WireCommit {
  return {
    type: 'commit',
    hash: commit.hash,
    date: toIsoSeconds(commit.committer.at),
    author: toAuthor(commit.author, site),
    // Present and empty since 2025.
    committer: {},
    message: commit.message,
    summary: {
      type: 'rendered',
      raw: commit.message,
      markup: 'markdown',
      html: renderMessage(commit.message),
    },
    links,
    parents: commit.parents.map((hash) => ({
      hash,
      links: toCommitLinks(site, repository, hash),
      type: 'commit',
    })),
    rendered: {},
    properties: {},
  }
}

function toAuthor({ name, emailAddress, account }: Identity, site: Site): WireAuthor {
  const raw = `${name} <${emailAddress}>`
  if (account === undefined) return { type: 'author', raw }
  return { type: 'author', raw, user: toAccount(account, site) }
}

import type { Commit, Identity } from '@posthorn/core'
import { leastHtmlLength } from '../cut/least-html-length.ts'
import { shortLength } from '../cut/room.ts'
import { renderMessage } from '../render-message.ts'
import { toIsoSeconds } from '../to-iso-seconds.ts'
import { toAccount } from './account.ts'
import type { WireContext } from './context.ts'
import { toCommitLinks, toListedCommitLinks } from './links.ts'
import type { WireAuthor, WireCommit, WireCommitId, WireCommitLinks } from './wire.ts'

/** What a commit in a list takes at least, for its keys and hashes alone; and a parent. */
const leastListedBytes = 700
const leastIdBytes = 100

/** A commit as the target of a branch or tag. */
export function toTarget(commit: Commit, context: WireContext): WireCommit {
  return toCommit(commit, context, toCommitLinks(context.urls, commit.hash))
}

/** A commit in the list that a change carries. */
export function toListedCommit(commit: Commit, context: WireContext): WireCommit {
  context.room.take(leastListedBytes)
  return toCommit(commit, context, toListedCommitLinks(context.urls, commit.hash))
}

/** A commit of which no more is said than where it is: a parent, or one that could not be read. */
export function toCommitId(hash: string, { room, urls }: WireContext): WireCommitId {
  room.take(leastIdBytes)
  return { hash, links: toCommitLinks(urls, hash), type: 'commit' }
}

function toCommit(commit: Commit, context: WireContext, links: WireCommitLinks): WireCommit {
  // Stands twice as it is, and once rendered.
  const message = context.room.takeText(commit.message, 2)
  return {
    type: 'commit',
    hash: commit.hash,
    date: toIsoSeconds(commit.committer.at),
    author: toAuthor(commit.author, context),
    // Present and empty since 2025.
    committer: {},
    message,
    summary: { type: 'rendered', raw: message, markup: 'markdown', html: toHtml(message, context) },
    links,
    parents: context.room.takeList(commit.parents, Number.POSITIVE_INFINITY, (hash) =>
      toCommitId(hash, context),
    ),
    rendered: {},
    properties: {},
  }
}

/** The HTML of a message that was taken already; empty once the room is spent. */
function toHtml(message: string, { htmlOfLong, room }: WireContext): string {
  if (message.length <= shortLength) return renderMessage(message)
  room.take(leastHtmlLength(message))
  if (room.isSpent) return ''
  const known = htmlOfLong.get(message)
  if (known !== undefined) return known
  const html = renderMessage(message)
  htmlOfLong.set(message, html)
  return html
}

function toAuthor({ name, emailAddress, account }: Identity, context: WireContext): WireAuthor {
  const { room } = context
  const raw = `${room.takeText(name, 1)} <${room.takeText(emailAddress, 1)}>`
  if (account === undefined) return { type: 'author', raw }
  return { type: 'author', raw, user: toAccount(account, context) }
}

import type { Commit } from '@posthorn/core'
import type { WireContext } from './context.ts'
import { toCommitLink } from './links.ts'
import { toPage } from './page.ts'
import { toShownChanges } from './shown-changes.ts'
import type { WireChangeset, WireCommitId } from './wire.ts'

const displayIdLength = 7

/** Many are passed at once: to look at one after the other takes milliseconds where there are a million. */
const manyNewlines = '\n'.repeat(4_096)

/** What a changeset takes at least, for its keys and hashes alone; and the id of a parent. */
const leastBytes = 400
const leastIdBytes = 70

/** A commit, with a page of what it changed against its first parent. */
export function toChangeset(commit: Commit, context: WireContext): WireChangeset {
  const { bounds, caps, repositoryUrl, room } = context
  room.take(leastBytes + commit.parents.length * leastIdBytes)
  const { author, hash, parents } = commit
  const commitLink = toCommitLink(repositoryUrl, hash)
  const shown = toShownChanges(commit, commitLink, context)
  // Changes that were not read may be any number.
  const { values, hasMore } = commit.changes ?? { values: [], hasMore: true }
  const isAllShown = shown.length === values.length
  // The vendor's link of a changeset leads to the last file on its page, in the sample and in captured bodies.
  const link = (isAllShown || bounds.hasLinksToLastShown ? shown.at(-1)?.link : undefined) ?? commitLink
  room.take(link.url.length - commitLink.url.length)
  return {
    // A root commit has no parent; all zeros is how the vendor says "nothing" elsewhere in the body.
    fromCommit: toCommitId(parents[0] ?? '0'.repeat(hash.length)),
    toCommit: {
      id: hash,
      displayId: toDisplayId(hash),
      author: { name: room.takeText(author.name, 1), emailAddress: room.takeText(author.emailAddress, 1) },
      authorTimestamp: author.at,
      message: room.takeText(withoutFinalNewlines(commit.message), 1),
      parents: room.takeList(parents, Number.POSITIVE_INFINITY, toCommitId),
    },
    changes: toPage(shown, caps.maxChanges, !hasMore && isAllShown),
    link,
  }
}

/**
 * Messages on the wire end without the newline that Git stores. Source: the sample, and bodies captured in 2017.
 * Not by a regular expression, which would begin anew at each of many newlines.
 */
function withoutFinalNewlines(message: string): string {
  let end = message.length
  while (message.slice(Math.max(0, end - manyNewlines.length), end) === manyNewlines)
    end -= manyNewlines.length
  while (message[end - 1] === '\n') end -= 1
  return message.slice(0, end)
}

function toCommitId(id: string): WireCommitId {
  return { id, displayId: toDisplayId(id) }
}

function toDisplayId(id: string): string {
  return id.slice(0, displayIdLength)
}

import type { BuildContext, Commit, Page, PushEvent, RefUpdate } from '@posthorn/core'
import { joinWithin } from '../cut/join-within.ts'
import { largestFitting } from '../cut/largest-fitting.ts'
import { type GroupSize, packInOrder } from '../cut/pack-in-order.ts'
import { shortestTextLength } from '../cut/shorten-text.ts'
import { textLengths } from '../cut/text-lengths.ts'
import { fillList } from '../fill-list.ts'
import { toJson } from '../to-json.ts'
import { toChangeset } from './commit.ts'
import { type Bounds, createWireContext, type WireContext } from './context.ts'
import { toPushFrame } from './push.ts'
import { toRefChange } from './ref-change.ts'

/** A ref on its way into a part. */
interface Piece {
  readonly update: RefUpdate
  readonly json: string
}

interface PartSize extends GroupSize {
  readonly hasChangeset: boolean
}

type ToContext = (bounds: Bounds) => WireContext

/**
 * The bodies of a push, as JSON. What is too long for one body gives way in this order:
 *
 * 1. changes, of all changesets evenly, down to one in each;
 * 2. changesets, from the last, down to one;
 * 3. being one body: each part is filled with refs, beside one changeset with one change, before the next is begun; then as much of
 *    the changesets of its own refs comes back as fits;
 * 4. in a changeset that is too long for a part of its own: texts, the longest first;
 * 5. its changes, and then the changeset.
 *
 * Refs and the repository never give way. A ref that is too long by itself has a body above the cap.
 */
export function toPushParts(
  { refUpdates, repository }: PushEvent,
  { caps }: BuildContext,
): readonly string[] {
  const { maxBodyBytes: maxBytes, maxChanges, maxCommits } = caps
  const most = { maxCommits, maxChanges, maxTextLength: Number.POSITIVE_INFINITY, maxBytes }
  const least = { ...most, maxCommits: 1, maxChanges: Math.min(1, maxChanges) }
  const toContext: ToContext = (bounds) => createWireContext(repository, caps, bounds)
  const pieces = refUpdates.map((update) => ({ update, json: toJson(toRefChange(update)) }))
  const whole = buildLargest(pieces, most, toContext)
  if (whole !== null) return [whole]
  return toGroups(pieces, least, toContext).map(
    (group) => buildLargest(group, most, toContext) ?? buildLeast(group, least, toContext),
  )
}

/** The body of these refs with as many changesets and changes as it has room for; null if it is too long with one. */
function buildLargest(pieces: readonly Piece[], most: Bounds, toContext: ToContext): string | null {
  const commits = withoutRepeats(pieces)
  const build = (bounds: Partial<Bounds>): string | null =>
    buildWithin(pieces, commits, toContext({ ...most, ...bounds }))
  const oneChange = Math.min(1, most.maxChanges)
  return (
    build({}) ??
    largestFitting(1, most.maxChanges - 1, (maxChanges) => build({ maxChanges })) ??
    largestFitting(1, most.maxCommits - 1, (maxCommits) => build({ maxCommits, maxChanges: oneChange }))
  )
}

/** The body of one ref, or of none, with texts as long as it has room for. */
function buildLeast(pieces: readonly Piece[], least: Bounds, toContext: ToContext): string {
  const commits = withoutRepeats(pieces)
  const noText = { ...least, maxTextLength: shortestTextLength }
  const tries = [
    ...textLengths(least.maxBytes).map((maxTextLength) => ({ ...least, maxTextLength })),
    { ...noText, maxChanges: 0 },
    { ...noText, maxChanges: 0, maxCommits: 0 },
  ]
  for (const bounds of tries) {
    const body = buildWithin(pieces, commits, toContext(bounds))
    if (body !== null) return body
  }
  const boundless = { ...noText, maxCommits: 0, maxBytes: Number.POSITIVE_INFINITY }
  const frame = toJson(toPushFrame(commits, toContext(boundless)))
  return fillList(frame, 'refChanges', pieces.map(({ json }) => json).join(','))
}

/** The body of these refs; null if it is too long, which is known before it is made whole. */
function buildWithin(pieces: readonly Piece[], commits: Page<Commit>, context: WireContext): string | null {
  const { bounds, texts } = context
  const frame = toJson(toPushFrame(commits, context))
  const room = bounds.maxBytes - Buffer.byteLength(frame)
  const refChanges = joinWithin(pieces, room, ({ json }) => json)
  if (refChanges === null) return null
  const shown = commits.values.slice(0, bounds.maxCommits)
  const changesets = joinWithin(shown, room - Buffer.byteLength(refChanges), (commit) =>
    toChangesetJson(commit, context),
  )
  if (changesets === null || texts.isSpent) return null
  return fillList(fillList(frame, 'values', changesets), 'refChanges', refChanges)
}

/** The refs of each part. */
function toGroups(
  pieces: readonly Piece[],
  least: Bounds,
  toContext: ToContext,
): readonly (readonly Piece[])[] {
  // A push without any ref has a part too.
  if (pieces.length === 0) return [pieces]
  const frame = toJson(toPushFrame({ values: [], hasMore: true }, toContext(least)))
  // A comma is counted for each ref; there is none before the first.
  const empty = { bytes: Buffer.byteLength(frame) - 1, hasChangeset: false }
  return packInOrder<Piece, PartSize>(pieces, least.maxBytes, empty, (size, { update, json }) => {
    const bytes = size.bytes + Buffer.byteLength(json) + 1
    const commit = size.hasChangeset ? undefined : update.commits.values[0]
    if (commit === undefined) return { ...size, bytes }
    const changeset = toChangesetJson(commit, toContext(least))
    const changesetBytes = changeset === null ? Number.POSITIVE_INFINITY : Buffer.byteLength(changeset)
    return { bytes: bytes + changesetBytes, hasChangeset: true }
  })
}

function toChangesetJson(commit: Commit, context: WireContext): string | null {
  const changeset = toChangeset(commit, context)
  return context.texts.isSpent ? null : toJson(changeset)
}

/** The commits of all refs, in the order of the refs; one that came to several refs stands once. */
function withoutRepeats(pieces: readonly Piece[]): Page<Commit> {
  const pushed = pieces.flatMap(({ update }) => update.commits.values)
  const byHash = new Map(pushed.map((commit) => [commit.hash, commit]))
  return { values: [...byHash.values()], hasMore: pieces.some(({ update }) => update.commits.hasMore) }
}

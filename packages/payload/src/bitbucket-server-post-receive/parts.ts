import type { BuildContext, Commit, Page, PushEvent, RefUpdate } from '@posthorn/core'
import { largestFitting } from '../cut/largest-fitting.ts'
import { type Group, type GroupSize, packInOrder } from '../cut/pack-in-order.ts'
import { shortestTextLength } from '../cut/shorten-text.ts'
import { createTextCounter } from '../cut/text-counter.ts'
import { textLengths } from '../cut/text-lengths.ts'
import { toJson } from '../to-json.ts'
import { toChangeset } from './commit.ts'
import { type Bounds, createWireContext, type WireContext } from './context.ts'
import { toPushBody } from './push.ts'
import { toRefChange } from './ref-change.ts'
import type { MadeChanges } from './shown-changes.ts'

type ToContext = (bounds: Bounds, made?: MadeChanges) => WireContext
type TryWith = (bounds: Partial<Bounds>) => Uint8Array | null

/** What `false` takes more than `true`, in bytes. */
const falseBytes = 1

interface PartSize extends GroupSize {
  /** Of the commit whose changeset is counted; null if there is none so far. */
  readonly commitHash: string | null
  /** Whether the changeset that is counted is all there is to show. */
  readonly isLastPage: boolean
}

/**
 * The bodies of a push. What is too long for one gives way in this order:
 *
 * 1. changes, of all changesets evenly, down to one in each;
 * 2. changesets, from the last, down to one;
 * 3. being one body: each part is filled with refs, beside one changeset with one change, before the next is begun; then as much of
 *    the changesets of its own refs comes back as fits;
 * 4. in a changeset that is too long for a part of its own: texts, the longest first;
 * 5. its change, and then the changeset.
 *
 * Refs and the repository never give way. A ref that is too long by itself has a body above the cap. Null is yielded between two tries.
 */
export function* toPushParts(
  { refUpdates, repository }: PushEvent,
  { caps }: BuildContext,
): Generator<Uint8Array | null> {
  const { maxBodyBytes: maxBytes, maxChanges, maxCommits } = caps
  const maxTextLength = Number.POSITIVE_INFINITY
  const most = { maxCommits, maxChanges, hasLinksToLastShown: true, maxTextLength, maxBytes }
  const countText = createTextCounter()
  const toContext: ToContext = (bounds, made) => createWireContext(repository, caps, bounds, countText, made)
  const whole = build(refUpdates, withoutRepeats(refUpdates), toContext(most))
  if (whole !== null) {
    // Most pushes fit, and do without what is made for several tries.
    yield whole
    return
  }
  yield null
  const one = yield* buildWithLess(refUpdates, most, toContext)
  if (one !== null) {
    yield one
    return
  }
  const least = { ...most, maxCommits: 1, maxChanges: Math.min(1, maxChanges) }
  // A push without any ref has a part too.
  if (refUpdates.length === 0) yield yield* buildLeast(refUpdates, least, toContext)
  for (const { items } of toGroups(refUpdates, least, toContext)) {
    const largest =
      build(items, withoutRepeats(items), toContext(most)) ?? (yield* buildWithLess(items, most, toContext))
    yield largest ?? (yield* buildLeast(items, least, toContext))
  }
}

/** The body of refs that is too long with all, with as many changesets and changes as it has room for; null if it is with one. */
function* buildWithLess(
  updates: readonly RefUpdate[],
  most: Bounds,
  toContext: ToContext,
): Generator<null, Uint8Array | null> {
  const commits = withoutRepeats(updates)
  const made: MadeChanges = new Map()
  const tryWith: TryWith = (bounds) => build(updates, commits, toContext({ ...most, ...bounds }, made))
  const withFewerChanges = yield* buildWithFewerChanges(most.maxChanges - 1, tryWith)
  if (withFewerChanges !== null) return withFewerChanges
  const maxChanges = Math.min(1, most.maxChanges)
  return yield* largestFitting(1, most.maxCommits - 1, (maxCommits) => tryWith({ maxCommits, maxChanges }))
}

/**
 * With as many changes as there is room for, one at least. No more can fit than would without links; from there downwards one after
 * the other is tried. That ends soon: the change that a link leads to holds the same link, so each that fails leaves out at least
 * as much as all before it together.
 */
function* buildWithFewerChanges(mostChanges: number, tryWith: TryWith): Generator<null, Uint8Array | null> {
  const bound = yield* largestFitting(1, mostChanges, (maxChanges) =>
    tryWith({ maxChanges, hasLinksToLastShown: false }) === null ? null : maxChanges,
  )
  for (let maxChanges = bound ?? 0; maxChanges > 0; maxChanges -= 1) {
    const body = tryWith({ maxChanges })
    if (body !== null) return body
    yield null
  }
  return null
}

/** The refs of each part. */
function toGroups(
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): Iterable<Group<RefUpdate>> {
  const frame = toJson(toPushBody([], { values: [], hasMore: false }, toContext(least)))
  // A comma is counted for each ref; there is none before the first.
  const empty: PartSize = { bytes: frame.length - 1, commitHash: null, isLastPage: true }
  return packInOrder(updates, least.maxBytes, empty, (size, update) => grow(size, update, toContext(least)))
}

function grow(size: PartSize, update: RefUpdate, context: WireContext): PartSize {
  const { values, hasMore } = update.commits
  const [first] = values
  const commitHash = size.commitHash ?? first?.hash ?? null
  const isLastPage = size.isLastPage && !hasMore && values.every(({ hash }) => hash === commitHash)
  const refBytes = toJson(toRefChange(update, context)).length + 1
  const bytes = size.bytes + refBytes + (isLastPage === size.isLastPage ? 0 : falseBytes)
  if (first === undefined || size.commitHash !== null) return { bytes, commitHash, isLastPage }
  const changeset = context.room.toJson(toChangeset(first, context))
  return { bytes: bytes + (changeset?.length ?? Number.POSITIVE_INFINITY), commitHash, isLastPage }
}

/** The body of refs that leave no room for a whole changeset: with a cut one, or none. */
function* buildLeast(
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): Generator<null, Uint8Array> {
  const commits = withoutRepeats(updates)
  const shortest = { ...least, maxTextLength: shortestTextLength }
  const boundless = { ...shortest, maxCommits: 0, maxBytes: Number.POSITIVE_INFINITY }
  // Without a bound these may take long, each by itself.
  yield null
  const made = toPushBody(updates, commits, toContext(boundless))
  yield null
  const withoutCommits = toJson(made)
  if (withoutCommits.length > least.maxBytes) return withoutCommits
  const madeChanges: MadeChanges = new Map()
  const tries = [
    ...textLengths(least.maxBytes).map((maxTextLength) => ({ ...least, maxTextLength })),
    { ...shortest, maxChanges: 0 },
  ]
  for (const bounds of tries) {
    yield null
    const body = build(updates, commits, toContext(bounds, madeChanges))
    if (body !== null) return body
  }
  return withoutCommits
}

/** The body of these refs; null if it is too long. */
function build(
  updates: readonly RefUpdate[],
  commits: Page<Commit>,
  context: WireContext,
): Uint8Array | null {
  return context.room.toJson(toPushBody(updates, commits, context))
}

/** The commits of all refs, in the order of the refs; one that came to several refs stands once. */
function withoutRepeats(updates: readonly RefUpdate[]): Page<Commit> {
  const byHash = new Map<string, Commit>()
  for (const { commits } of updates) {
    for (const commit of commits.values) byHash.set(commit.hash, commit)
  }
  return { values: [...byHash.values()], hasMore: updates.some(({ commits }) => commits.hasMore) }
}

import type { BuildContext, PushEvent, RefUpdate } from '@posthorn/core'
import { largestFitting } from '../cut/largest-fitting.ts'
import { type Group, packInOrder } from '../cut/pack-in-order.ts'
import { shortestTextLength } from '../cut/shorten-text.ts'
import { createTextCounter } from '../cut/text-counter.ts'
import { textLengths } from '../cut/text-lengths.ts'
import { toJson } from '../to-json.ts'
import { type Bounds, createWireContext, type WireContext } from './context.ts'
import { toPushBody } from './push.ts'
import { isShown, toRefChange } from './ref-change.ts'

type ToContext = (bounds: Bounds) => WireContext

/**
 * The bodies of a push. What is too long for one gives way in this order:
 *
 * 1. commits, of all changes evenly, down to one in each;
 * 2. being one body: each part is filled with such changes before the next is begun;
 * 3. in a change that is too long for a part of its own: texts, the longest first.
 *
 * Refs, hashes and links never give way. A change that they alone make too long has a body above the cap. Null is yielded between two tries.
 */
export function* toPushParts(event: PushEvent, { site, caps }: BuildContext): Generator<Uint8Array | null> {
  const updates = event.refUpdates.filter(isShown)
  if (updates.length === 0 && event.refUpdates.length > 0) return
  const { maxBodyBytes: maxBytes, maxCommits } = caps
  const most = { maxCommits, maxTextLength: Number.POSITIVE_INFINITY, maxBytes }
  const least = { ...most, maxCommits: 1 }
  const countText = createTextCounter()
  const toContext: ToContext = (bounds) => createWireContext(event.repository, site, bounds, countText)
  const whole = build(event, updates, toContext(most))
  if (whole !== null) {
    yield whole
    return
  }
  yield null
  const one = yield* largestFitting(1, maxCommits - 1, (fewer) =>
    build(event, updates, toContext({ ...most, maxCommits: fewer })),
  )
  if (one !== null) {
    yield one
    return
  }
  // A push without any ref has a part too.
  if (updates.length === 0) yield yield* buildWithCutTexts(event, updates, least, toContext)
  for (const { items, bytes } of toGroups(event, updates, least, toContext)) {
    const group = items.map(({ update }) => update)
    const part = bytes > maxBytes ? null : build(event, group, toContext(least))
    yield part ?? (yield* buildWithCutTexts(event, group, least, toContext))
  }
}

interface MeasuredUpdate {
  readonly update: RefUpdate
  /** Of its change, with the comma before it; infinite if it is too long for any body. */
  readonly bytes: number
}

/** The refs of each part. */
function toGroups(
  event: PushEvent,
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): Iterable<Group<MeasuredUpdate>> {
  const frame = toJson(toPushBody(event, [], toContext(least)))
  // A comma is counted for each change; there is none before the first.
  const empty = { bytes: frame.length - 1 }
  return packInOrder(measure(updates, least, toContext), least.maxBytes, empty, (size, { bytes }) => ({
    bytes: size.bytes + bytes,
  }))
}

function* measure(
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): Generator<MeasuredUpdate> {
  for (const update of updates) {
    const context = toContext(least)
    const change = context.room.toJson(toRefChange(update, context))
    yield { update, bytes: change === null ? Number.POSITIVE_INFINITY : change.length + 1 }
  }
}

/** The body of one ref, or of none, with texts as long as it has room for. */
function* buildWithCutTexts(
  event: PushEvent,
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): Generator<null, Uint8Array> {
  const boundless = { ...least, maxTextLength: shortestTextLength, maxBytes: Number.POSITIVE_INFINITY }
  // Without a bound these may take long, each by itself.
  yield null
  const made = toPushBody(event, updates, toContext(boundless))
  yield null
  const shortest = toJson(made)
  // No text makes up for what refs and links take.
  if (shortest.length > least.maxBytes) return shortest
  for (const maxTextLength of textLengths(least.maxBytes)) {
    yield null
    const body = build(event, updates, toContext({ ...least, maxTextLength }))
    if (body !== null) return body
  }
  return shortest
}

/** The body of these refs; null if it is too long. */
function build(event: PushEvent, updates: readonly RefUpdate[], context: WireContext): Uint8Array | null {
  return context.room.toJson(toPushBody(event, updates, context))
}

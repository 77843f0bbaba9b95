import type { BuildContext, PushEvent, RefUpdate } from '@posthorn/core'
import { largestFitting } from '../cut/largest-fitting.ts'
import { packInOrder } from '../cut/pack-in-order.ts'
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
 * Refs, hashes and links never give way. A change that they alone make too long has a body above the cap.
 */
export function toPushParts(event: PushEvent, { site, caps }: BuildContext): readonly Uint8Array[] {
  const updates = event.refUpdates.filter(isShown)
  if (updates.length === 0 && event.refUpdates.length > 0) return []
  const { maxBodyBytes: maxBytes, maxCommits } = caps
  const most = { maxCommits, maxTextLength: Number.POSITIVE_INFINITY, maxBytes }
  const least = { ...most, maxCommits: 1 }
  const countText = createTextCounter()
  const toContext: ToContext = (bounds) => createWireContext(event.repository, site, bounds, countText)
  const whole =
    build(event, updates, toContext(most)) ??
    largestFitting(1, maxCommits - 1, (fewer) =>
      build(event, updates, toContext({ ...most, maxCommits: fewer })),
    )
  if (whole !== null) return [whole]
  return toGroups(event, updates, least, toContext).map(
    (group) => build(event, group, toContext(least)) ?? buildWithCutTexts(event, group, least, toContext),
  )
}

/** The refs of each part. */
function toGroups(
  event: PushEvent,
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): readonly (readonly RefUpdate[])[] {
  // A push without any ref has a part too.
  if (updates.length === 0) return [updates]
  const frame = toJson(toPushBody(event, [], toContext(least)))
  // A comma is counted for each change; there is none before the first.
  return packInOrder(updates, least.maxBytes, { bytes: frame.length - 1 }, ({ bytes }, update) => {
    const context = toContext(least)
    const change = context.room.toJson(toRefChange(update, context))
    return { bytes: change === null ? Number.POSITIVE_INFINITY : bytes + change.length + 1 }
  })
}

/** The body of one ref, or of none, with texts as long as it has room for. */
function buildWithCutTexts(
  event: PushEvent,
  updates: readonly RefUpdate[],
  least: Bounds,
  toContext: ToContext,
): Uint8Array {
  for (const maxTextLength of textLengths(least.maxBytes)) {
    const body = build(event, updates, toContext({ ...least, maxTextLength }))
    if (body !== null) return body
  }
  const boundless = { ...least, maxTextLength: shortestTextLength, maxBytes: Number.POSITIVE_INFINITY }
  return toJson(toPushBody(event, updates, toContext(boundless)))
}

/** The body of these refs; null if it is too long. */
function build(event: PushEvent, updates: readonly RefUpdate[], context: WireContext): Uint8Array | null {
  return context.room.toJson(toPushBody(event, updates, context))
}

import type { BuildContext, PushEvent, RefUpdate, Site } from '@posthorn/core'
import { joinWithin } from '../cut/join-within.ts'
import { largestFitting } from '../cut/largest-fitting.ts'
import { packInOrder } from '../cut/pack-in-order.ts'
import { shortestTextLength } from '../cut/shorten-text.ts'
import { textLengths } from '../cut/text-lengths.ts'
import { fillList } from '../fill-list.ts'
import { toJson } from '../to-json.ts'
import { type Bounds, createWireContext, type WireContext } from './context.ts'
import { toPushFrame } from './push.ts'
import { isShown, toRefChange } from './ref-change.ts'

/**
 * The bodies of a push, as JSON. What is too long for one body gives way in this order:
 *
 * 1. commits, of all changes evenly, down to one in each;
 * 2. being one body: each part is filled with such changes before the next is begun;
 * 3. in a change that is too long for a part of its own: texts, the longest first.
 *
 * Refs, hashes and links never give way. A change that they alone make too long has a body above the cap.
 */
export function toPushParts(event: PushEvent, { site, caps }: BuildContext): readonly string[] {
  const updates = event.refUpdates.filter(isShown)
  if (updates.length === 0 && event.refUpdates.length > 0) return []
  const { maxBodyBytes: maxBytes, maxCommits } = caps
  const most = { maxCommits, maxTextLength: Number.POSITIVE_INFINITY, maxBytes }
  const least = { ...most, maxCommits: 1 }
  const build = (shown: readonly RefUpdate[], bounds: Bounds): string | null =>
    buildWithin(event, shown, createWireContext(event.repository, site, bounds))
  const whole =
    build(updates, most) ??
    largestFitting(1, maxCommits - 1, (fewer) => build(updates, { ...most, maxCommits: fewer }))
  if (whole !== null) return [whole]
  return toGroups(event, updates, site, least).map(
    (group) => build(group, least) ?? buildWithCutTexts(event, group, site, least),
  )
}

/** The refs of each part. */
function toGroups(
  event: PushEvent,
  updates: readonly RefUpdate[],
  site: Site,
  bounds: Bounds,
): readonly (readonly RefUpdate[])[] {
  // A push without any ref has a part too.
  if (updates.length === 0) return [updates]
  const toContext = (): WireContext => createWireContext(event.repository, site, bounds)
  const frameBytes = Buffer.byteLength(toJson(toPushFrame(event, toContext())))
  // A comma is counted for each change; there is none before the first.
  return packInOrder(updates, bounds.maxBytes, { bytes: frameBytes - 1 }, ({ bytes }, update) => {
    const json = toChangeJson(update, toContext())
    return { bytes: json === null ? Number.POSITIVE_INFINITY : bytes + Buffer.byteLength(json) + 1 }
  })
}

/** The body of these refs; null if it is too long, which is known before it is made whole. */
function buildWithin(event: PushEvent, updates: readonly RefUpdate[], context: WireContext): string | null {
  const frame = toJson(toPushFrame(event, context))
  const room = context.bounds.maxBytes - Buffer.byteLength(frame)
  const changes = joinWithin(updates, room, (update) => toChangeJson(update, context))
  return changes === null || context.texts.isSpent ? null : fillList(frame, 'changes', changes)
}

/** The body of one ref, or of none, with texts as long as it has room for. */
function buildWithCutTexts(
  event: PushEvent,
  updates: readonly RefUpdate[],
  site: Site,
  bounds: Bounds,
): string {
  for (const maxTextLength of textLengths(bounds.maxBytes)) {
    const context = createWireContext(event.repository, site, { ...bounds, maxTextLength })
    const body = buildWithin(event, updates, context)
    if (body !== null) return body
  }
  const boundless = { ...bounds, maxTextLength: shortestTextLength, maxBytes: Number.POSITIVE_INFINITY }
  const context = createWireContext(event.repository, site, boundless)
  const changes = updates.map((update) => toJson(toRefChange(update, context)))
  return fillList(toJson(toPushFrame(event, context)), 'changes', changes.join(','))
}

function toChangeJson(update: RefUpdate, context: WireContext): string | null {
  const change = toRefChange(update, context)
  return context.texts.isSpent ? null : toJson(change)
}

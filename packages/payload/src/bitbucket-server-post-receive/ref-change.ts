import { isZeroId, type RefUpdate } from '@posthorn/core'
import type { WireContext } from './context.ts'
import type { WireRefChange } from './wire.ts'

/** What the change of a ref takes at least, beside its name. */
const leastBytes = 130

/** What happened to a ref of any kind. The hashes are Git's own: of an annotated tag they name the tag, not the commit. */
export function toRefChange({ ref, before, after }: RefUpdate, { room }: WireContext): WireRefChange {
  room.take(leastBytes + ref.length)
  return { refId: ref, fromHash: before, toHash: after, type: toChangeType(before, after) }
}

function toChangeType(before: string, after: string): WireRefChange['type'] {
  if (isZeroId(before)) return 'ADD'
  return isZeroId(after) ? 'DELETE' : 'UPDATE'
}

import { isZeroId, type RefUpdate } from '@posthorn/core'
import type { WireRefChange } from './wire.ts'

/** What happened to a ref of any kind. The hashes are Git's own: of an annotated tag they name the tag, not the commit. */
export function toRefChange({ ref, before, after }: RefUpdate): WireRefChange {
  return { refId: ref, fromHash: before, toHash: after, type: toChangeType(before, after) }
}

function toChangeType(before: string, after: string): WireRefChange['type'] {
  if (isZeroId(before)) return 'ADD'
  return isZeroId(after) ? 'DELETE' : 'UPDATE'
}

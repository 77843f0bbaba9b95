import type { DialectCaps, Repository } from '@posthorn/core'
import { Room } from '../cut/room.ts'
import type { TextCounter } from '../cut/text-counter.ts'
import { toRepositoryUrl } from './links.ts'
import type { MadeChanges } from './shown-changes.ts'

/** What one try at a body may hold. */
export interface Bounds {
  /** Per body. */
  readonly maxCommits: number
  /** Per commit. */
  readonly maxChanges: number
  /**
   * Whether a changeset that does not show all of its changes links to the last that it shows. Without that, what is shown takes
   * the more bytes the more changes there are; with it, a change fewer may make a body longer, if the path before is a long one.
   */
  readonly hasLinksToLastShown: boolean
  /** Of each message and name, in UTF-16 units. */
  readonly maxTextLength: number
  readonly maxBytes: number
}

/** What the members of a body are made with, in one try at it. */
export interface WireContext {
  readonly repository: Repository
  /** Of the repository, encoded once for a body, since every link begins so. */
  readonly repositoryUrl: string
  /** The pages say these limits of their own, even where a body had to hold less. */
  readonly caps: DialectCaps
  readonly bounds: Bounds
  readonly room: Room
  /** Null if there are no other tries at the same body. */
  readonly made: MadeChanges | null
}

export function createWireContext(
  repository: Repository,
  caps: DialectCaps,
  bounds: Bounds,
  countText: TextCounter,
  made: MadeChanges | null = null,
): WireContext {
  return {
    repository,
    repositoryUrl: toRepositoryUrl(repository),
    caps,
    bounds,
    room: new Room(bounds.maxBytes, bounds.maxTextLength, countText),
    made,
  }
}

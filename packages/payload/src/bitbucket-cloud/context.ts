import type { Repository, Site } from '@posthorn/core'
import { Room } from '../cut/room.ts'
import type { TextCounter } from '../cut/text-counter.ts'
import { type RepositoryUrls, toRepositoryUrls } from './links.ts'

/** What one try at a body may hold. */
export interface Bounds {
  /** Per change. */
  readonly maxCommits: number
  /** Of each message and name, in UTF-16 units. */
  readonly maxTextLength: number
  readonly maxBytes: number
}

/** What the members of a body are made with, in one try at it. */
export interface WireContext {
  readonly site: Site
  /** Of the repository, encoded once for a body, since nearly every link begins so. */
  readonly urls: RepositoryUrls
  readonly bounds: Bounds
  readonly room: Room
  /** By message: a commit is often the target of its ref, and in the list of its change. */
  readonly htmlOfLong: Map<string, string>
}

export function createWireContext(
  repository: Repository,
  site: Site,
  bounds: Bounds,
  countText: TextCounter,
): WireContext {
  const room = new Room(bounds.maxBytes, bounds.maxTextLength, countText)
  return { site, urls: toRepositoryUrls(site, repository), bounds, room, htmlOfLong: new Map() }
}

import type { Repository, Site } from '@posthorn/core'
import { Room } from '../cut/room.ts'
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
}

export function createWireContext(repository: Repository, site: Site, bounds: Bounds): WireContext {
  const room = new Room(bounds.maxBytes, bounds.maxTextLength)
  return { site, urls: toRepositoryUrls(site, repository), bounds, room }
}

import type { Commit, Identity, Page } from './commit.ts'
import type { RepositoryEvent } from './event.ts'

/** A push: one or more refs of a repository were created, moved or deleted. */
export interface PushEvent extends RepositoryEvent<'repo:push'> {
  /** In the order in which Git reported them. May be empty. */
  readonly refUpdates: readonly RefUpdate[]
}

/** What a push did to one ref. */
export interface RefUpdate {
  /** The full name, such as `refs/heads/main`. */
  readonly ref: string
  /** The object id before the push; all zeros if the ref was created. */
  readonly before: string
  /** The object id after the push; all zeros if the ref was deleted. */
  readonly after: string
  /** Whether the ref was moved to something that does not contain what it pointed to before. */
  readonly isForced: boolean
  /** What the ref pointed to; null if, and only if, `before` is all zeros. */
  readonly old: RefTarget | null
  /** What the ref points to; null if, and only if, `after` is all zeros. */
  readonly new: RefTarget | null
  /**
   * The commits that came with the update, newest first: those in `after` and not in `before`; of a created ref all that
   * can be reached from it; none of a deleted one.
   */
  readonly commits: Page<Commit>
  /** For a forced update: the commits that can be reached from `after`, newest first. */
  readonly headCommits?: Page<Commit>
  /**
   * The paths that the update changed, for filters by path; no dialect shows them. Of a moved branch those that differ between its old
   * and its new tree, both of a rename; of a created one those that its own commits changed, which no branch had before the
   * push; of anything else none. With `hasMore` they are not all, and with none read (absent) nothing is known: then no
   * filter by path keeps the update from anybody.
   */
  readonly changedPaths?: Page<ChangedPath>
}

/** A path of a repository from its root; bytes where they are not UTF-8. */
export type ChangedPath = string | Uint8Array

/** What a ref points to. */
export interface RefTarget {
  /** The commit, with tags peeled; null where a tag leads to a tree or a blob, and where the object is gone. */
  readonly commit: Commit | null
  /** The annotation of an annotated tag. */
  readonly annotation: TagAnnotation | null
}

/** What an annotated tag says beside its target. */
export interface TagAnnotation {
  /** With the final newline if the tag has one. */
  readonly message: string
  /** Absent from some old tags. */
  readonly tagger: Identity | null
}

/** How deep a push must be read to serve everyone who hears it. */
export interface PushDetail {
  /** Commits per ref update, one more than is shown, so that "there are more" is known. */
  readonly maxCommits: number
  /** Changed paths per commit; 0 means that nobody wants them. */
  readonly maxChanges: number
  /** Whether somebody filters by path, so that `changedPaths` of each update must be read. @default false */
  readonly changedPaths?: boolean
}

/** Whether an object id is Git's "nothing": all zeros. */
export function isZeroId(id: string): boolean {
  return /^0+$/.test(id)
}

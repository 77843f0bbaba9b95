/** The commits that came with an update, as ids. */
export interface CommitRange {
  /** Newest first, in the default order of git-log(1). */
  readonly hashes: readonly string[]
  readonly hasMore: boolean
}

/** The commits in `after` and not in `before`. */
export interface ForkedRange extends CommitRange {
  /** Whether `before` is an ancestor of `after`, or the same commit. */
  readonly isFastForward: boolean
}

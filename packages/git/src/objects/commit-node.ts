/** What a walk over history needs of a commit. */
export interface CommitNode {
  readonly hash: string
  readonly parents: readonly string[]
  /** The committer's date, in epoch seconds, as Git walks by it. */
  readonly committedAt: number
}

/** Of memory, for two ids, the entry in a table and what holds them together: measured about 300. */
const bytesPerNode = 320

/** The same for each parent: its digits, the head of a string and its place in a list. */
const bytesPerParent = 24

/** The memory that a commit takes as long as it is known; a merge may have thousands of parents. */
export function toNodeBytes({ hash, parents }: Pick<CommitNode, 'hash' | 'parents'>): number {
  return bytesPerNode + parents.length * (bytesPerParent + hash.length)
}

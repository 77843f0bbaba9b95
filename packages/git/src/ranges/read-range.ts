import type { CommitSource } from '../objects/commit-source.ts'
import type { Gate } from '../process/gate.ts'
import type { GitSession } from '../process/git-session.ts'
import type { ForkedRange } from './commit-range.ts'
import { listRange } from './list-range.ts'
import { walkRange } from './walk-range.ts'

/** Beyond it a process of its own is quicker than asking for one commit after the other. */
const maxWalkedPerRange = 128

/** Commits remembered per push, about 200 bytes each. */
const maxNodes = 50_000

/** What {@link readRange} reads with. */
export interface RangeReader {
  readonly session: GitSession
  readonly commits: CommitSource
  /** For processes of one range each. */
  readonly gate: Gate
}

/** The commits in `after` and not in `before`, by the cheaper of two ways to the same result. */
export async function readRange(
  reader: RangeReader,
  before: string,
  after: string,
  maxCount: number,
): Promise<ForkedRange> {
  if (before === after) return { hashes: [], hasMore: false, isFastForward: true }
  const { session, commits, gate } = reader
  const maxWalked = commits.nodeCount() < maxNodes ? maxWalkedPerRange : 0
  const walked = await walkRange(commits, before, after, maxCount, maxWalked)
  return walked ?? gate(() => listRange(session, before, after, maxCount))
}

import type { CommitSource } from '../objects/commit-source.ts'
import type { CommitRange } from './commit-range.ts'
import { DateQueue, maxAhead } from './date-queue.ts'

/** The newest commits that can be reached from a commit: `git log --max-count`, without a process of its own. */
export async function walkHead(source: CommitSource, tip: string, maxCount: number): Promise<CommitRange> {
  await source.loadNodes([tip], 0)
  const start = source.node(tip)
  if (start === undefined || start === null) return { hashes: [], hasMore: false }
  const seen = new Set([start.hash])
  const queue = new DateQueue()
  queue.add(start)
  const hashes: string[] = []
  for (let node = queue.take(); node !== undefined; node = queue.take()) {
    if (hashes.length === maxCount) return { hashes, hasMore: true }
    hashes.push(node.hash)
    if (hashes.length === maxCount && !queue.isEmpty) return { hashes, hasMore: true }
    await source.loadNodes(node.parents, Math.min(hashes.length, maxCount - hashes.length, maxAhead))
    for (const hash of node.parents) {
      const parent = source.node(hash)
      if (parent === undefined || parent === null || seen.has(hash)) continue
      seen.add(hash)
      queue.add(parent)
    }
  }
  return { hashes, hasMore: false }
}

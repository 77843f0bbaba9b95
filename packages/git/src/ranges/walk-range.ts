import type { CommitNode } from '../objects/commit-node.ts'
import type { ForkedRange } from './commit-range.ts'
import { DateQueue, maxAhead } from './date-queue.ts'
import type { Pacer } from './pacer.ts'
import { RangeWalk } from './range-walk.ts'

/** Where a walk finds commits; see `CommitSource`. */
export interface NodeSource {
  node(hash: string): CommitNode | null | undefined
  loadNodes(hashes: readonly string[], aheadCount: number): Promise<void>
}

/** How long a walk may be, and how long it may keep others waiting. */
export interface WalkLimits {
  /** Whether it gives up; asked before each step. */
  readonly isSpent: (takenCount: number) => boolean
  readonly pacer: Pacer
}

/**
 * `git rev-list before..after` without a process of its own.
 * @returns null if the budget was spent before the range was known
 */
export async function walkRange(
  source: NodeSource,
  before: string,
  after: string,
  maxCount: number,
  { isSpent, pacer }: WalkLimits,
): Promise<ForkedRange | null> {
  const walk = new RangeWalk(before, after)
  const queue = new DateQueue()
  const seen = new Set<string>()

  function enqueue(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const node = source.node(hash)
      if (node === undefined || node === null) walk.drop(hash)
      else if (!seen.has(hash)) {
        queue.add(node)
        walk.meet(node)
      }
      seen.add(hash)
    }
  }

  await source.loadNodes([after, before], 0)
  enqueue([after, before])
  for (let node = queue.take(); node !== undefined; node = queue.take()) {
    if (walk.endBefore(node) !== 'open') break
    if (isSpent(walk.takenCount)) return null
    walk.take(node)
    // Most are there, and a wait of its own for each would take longer than all the rest.
    if (node.parents.some((parent) => source.node(parent) === undefined))
      await source.loadNodes(node.parents, Math.min(walk.takenCount, maxAhead))
    enqueue(node.parents)
    const turn = pacer.step(1 + node.parents.length)
    if (turn !== undefined) await turn
  }
  return walk.result(maxCount)
}

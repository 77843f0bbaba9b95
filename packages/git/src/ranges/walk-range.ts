import type { CommitSource } from '../objects/commit-source.ts'
import type { CommitNode } from '../objects/parse-object.ts'
import type { ForkedRange } from './commit-range.ts'
import { DateQueue, maxAhead } from './date-queue.ts'

/** How many commits from `before` Git looks at after the last one it wants, in case dates lie (`SLOP` in revision.c). */
const slop = 5

/**
 * `git rev-list before..after` without a process of its own, for ranges of up to `maxWalked` commits; longer ones give null.
 *
 * It is Git's own walk (`limit_list` in revision.c): newest date first, what `before` reaches is marked as unwanted and the
 * marks are handed down, until only unwanted commits are left. So the result is Git's even where committer dates lie.
 * `before` is an ancestor of `after` exactly if a wanted commit has it as a parent: the last step of any path to it is one.
 */
export async function walkRange(
  source: CommitSource,
  before: string,
  after: string,
  maxCount: number,
  maxWalked: number,
): Promise<ForkedRange | null> {
  await source.loadNodes([after, before], 0)
  const walk = new RangeWalk(source, before)
  walk.start([after, before])
  for (let node = walk.queue.take(); node !== undefined; node = walk.queue.take()) {
    if (walk.takenCount === maxWalked) return null
    await source.loadNodes(node.parents, Math.min(walk.takenCount, maxAhead))
    walk.takeStep(node)
    if (walk.isOver) break
  }
  const { wanted, isFastForward } = walk.result()
  return { hashes: wanted.slice(0, maxCount), hasMore: wanted.length > maxCount, isFastForward }
}

class RangeWalk {
  readonly queue: DateQueue = new DateQueue()
  takenCount = 0
  isOver = false
  readonly #source: CommitSource
  readonly #before: string
  readonly #seen = new Set<string>()
  readonly #unwanted = new Set<string>()
  readonly #wanted: CommitNode[] = []
  #slopLeft = slop

  constructor(source: CommitSource, before: string) {
    this.#source = source
    this.#before = before
  }

  start(hashes: readonly string[]): void {
    this.#markUnwanted([this.#before])
    this.#enqueue(hashes)
  }

  takeStep(node: CommitNode): void {
    this.takenCount += 1
    const isUnwanted = this.#unwanted.has(node.hash)
    if (isUnwanted) this.#markUnwanted(node.parents)
    this.#enqueue(node.parents)
    if (isUnwanted) this.isOver = !this.#mayFindMore()
    else this.#wanted.push(node)
  }

  result(): { readonly wanted: readonly string[]; readonly isFastForward: boolean } {
    const wanted = this.#wanted.filter((node) => !this.#unwanted.has(node.hash))
    return {
      wanted: wanted.map((node) => node.hash),
      isFastForward: wanted.some((node) => node.parents.includes(this.#before)),
    }
  }

  #enqueue(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const node = this.#source.node(hash)
      if (node === undefined || node === null || this.#seen.has(hash)) continue
      this.#seen.add(hash)
      this.queue.add(node)
    }
  }

  /** Marks commits and what is known to be below them. A commit that was marked before it was loaded hands its mark on now. */
  #markUnwanted(hashes: readonly string[]): void {
    const pending: string[] = []
    for (const hash of hashes) {
      this.#unwanted.add(hash)
      pending.push(...this.#parentsOf(hash))
    }
    for (let hash = pending.pop(); hash !== undefined; hash = pending.pop()) {
      if (this.#unwanted.has(hash)) continue
      this.#unwanted.add(hash)
      pending.push(...this.#parentsOf(hash))
    }
  }

  #parentsOf(hash: string): readonly string[] {
    return this.#source.node(hash)?.parents ?? []
  }

  #mayFindMore(): boolean {
    const next = this.queue.newest
    if (next === undefined) return false
    const last = this.#wanted.at(-1)?.committedAt ?? Number.POSITIVE_INFINITY
    const isPromising = last <= next.committedAt || this.queue.some((node) => !this.#unwanted.has(node.hash))
    this.#slopLeft = isPromising ? slop : this.#slopLeft - 1
    return this.#slopLeft > 0
  }
}

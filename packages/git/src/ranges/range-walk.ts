import type { CommitNode } from '../objects/parse-object.ts'
import type { ForkedRange } from './commit-range.ts'

/** How many commits from `before` Git looks at after the last one it wants, in case dates lie (`SLOP` in revision.c). */
const slop = 5

/**
 * Finds `before..after` among commits that come newest first, from both ids on.
 *
 * It is Git's own walk (`limit_list` in revision.c): what `before` reaches is marked as unwanted and the marks are handed down,
 * until only unwanted commits are left. So the result is Git's even where committer dates lie. The walk ends sooner than
 * Git's where every wanted commit is known to descend from `before`: none of them can turn out to be its ancestor.
 * `before` is an ancestor of `after` exactly if a wanted commit has it as a parent: the last step of any path to it is one.
 */
export class RangeWalk {
  takenCount = 0
  readonly #before: string
  readonly #parents = new Map<string, readonly string[]>()
  /** Ids that were met and not taken yet. */
  readonly #open: Set<string>
  readonly #unwanted: Set<string>
  readonly #wanted: CommitNode[] = []
  #slopLeft = slop
  #wasUnwanted = false

  constructor(before: string, after: string) {
    this.#before = before
    this.#open = new Set([after, before])
    this.#unwanted = new Set([before])
  }

  /** To be asked once before each commit is taken. @param next the commit whose turn it is */
  isOverBefore(next: CommitNode): boolean {
    if (this.#hasWantedOpen()) {
      this.#slopLeft = slop
      return false
    }
    if (this.#areAllDescendants()) return true
    if (!this.#wasUnwanted) return false
    const last = this.#wanted.at(-1)?.committedAt ?? Number.POSITIVE_INFINITY
    this.#slopLeft = last <= next.committedAt ? slop : this.#slopLeft - 1
    return this.#slopLeft <= 0
  }

  take(node: CommitNode): void {
    this.takenCount += 1
    this.#open.delete(node.hash)
    this.#parents.set(node.hash, node.parents)
    for (const parent of node.parents) if (!this.#parents.has(parent)) this.#open.add(parent)
    this.#wasUnwanted = this.#unwanted.has(node.hash)
    if (this.#wasUnwanted) this.#markUnwanted(node.parents)
    else this.#wanted.push(node)
  }

  /** Leaves out a commit that turned out not to be there. */
  drop(hash: string): void {
    this.#open.delete(hash)
  }

  result(maxCount: number): ForkedRange {
    const wanted = this.#wanted.filter((node) => !this.#unwanted.has(node.hash))
    return {
      hashes: wanted.slice(0, maxCount).map((node) => node.hash),
      hasMore: wanted.length > maxCount,
      isFastForward: wanted.some((node) => node.parents.includes(this.#before)),
    }
  }

  #hasWantedOpen(): boolean {
    for (const hash of this.#open) if (!this.#unwanted.has(hash)) return true
    return false
  }

  /** Parents come after their children, so the last ones are looked at first. */
  #areAllDescendants(): boolean {
    const descendants = new Set([this.#before])
    for (const { hash, parents } of this.#wanted.toReversed()) {
      if (this.#unwanted.has(hash)) continue
      if (!parents.some((parent) => descendants.has(parent))) return false
      descendants.add(hash)
    }
    return true
  }

  /** Marks commits and what is known to be below them. One that was marked before it was taken hands its mark on then. */
  #markUnwanted(hashes: readonly string[]): void {
    const pending = [...hashes]
    for (let hash = pending.pop(); hash !== undefined; hash = pending.pop()) {
      if (this.#unwanted.has(hash)) continue
      this.#unwanted.add(hash)
      pending.push(...(this.#parents.get(hash) ?? []))
    }
  }
}

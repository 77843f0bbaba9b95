import type { CommitNode } from '../objects/commit-node.ts'
import type { ForkedRange } from './commit-range.ts'

/** How many commits from `before` Git looks at after the last one it wants, in case dates lie (`SLOP` in revision.c). */
const slop = 5

/** Looks at commits for descent that each step of a walk pays for. */
const looksPerStep = 64

/** Whether anything can change a range: `open`, until only unwanted commits are left; then not `likely`, and at last certainly not. */
export type RangeEnd = 'open' | 'likely' | 'certain'

/**
 * Finds `before..after` among commits that come newest first, from both ids on.
 *
 * It is Git's own walk (`limit_list` in revision.c): what `before` reaches is marked as unwanted and the marks are handed down,
 * until only unwanted commits are left. So the result is Git's even where committer dates lie. The walk ends sooner than
 * Git's where every wanted commit is known to descend from `before`: none of them can turn out to be its ancestor.
 * `before` is an ancestor of `after` exactly if a wanted commit has it as a parent: the last step of any path to it is one.
 */
export class RangeWalk {
  readonly #before: string
  readonly #taken = new Set<string>()
  readonly #parents = new Map<string, readonly string[]>()
  /** Ids that were met and not taken yet. */
  readonly #open: Set<string>
  readonly #unwanted: Set<string>
  /** How many are open and not unwanted: counted, since a merge of thousands leaves thousands open. */
  #wantedOpenCount: number
  readonly #wanted: CommitNode[] = []
  readonly #slop: number
  #slopLeft: number
  #wasUnwanted = false
  /** Whether all wanted commits descend from `before`; null when something changed since that was looked at. */
  #allDescend: boolean | null = null
  /** Commits that may be looked at for descent; grows with each step, so that all looks together are no more than so many a step. */
  #lookBudget = 4_096

  /** @param moreSlop commits looked at beyond those that Git looks at */
  constructor(before: string, after: string, moreSlop = 0) {
    this.#before = before
    this.#open = new Set([after, before])
    this.#unwanted = new Set([before])
    this.#wantedOpenCount = before === after ? 0 : 1
    this.#slop = slop + moreSlop
    this.#slopLeft = this.#slop
  }

  get takenCount(): number {
    return this.#taken.size
  }

  /** To be asked once before each commit is taken. @param next the commit whose turn it is */
  endBefore(next: CommitNode): RangeEnd {
    if (this.#wantedOpenCount > 0) {
      this.#slopLeft = this.#slop
      return 'open'
    }
    if (this.#seeWhetherAllDescend()) return 'certain'
    if (!this.#wasUnwanted) return 'open'
    const last = this.#wanted.at(-1)?.committedAt ?? Number.POSITIVE_INFINITY
    this.#slopLeft = last <= next.committedAt ? this.#slop : this.#slopLeft - 1
    return this.#slopLeft > 0 ? 'open' : 'likely'
  }

  /** Makes the parents of a commit known before its turn, so that marks reach further. */
  meet({ hash, parents }: CommitNode): void {
    this.#parents.set(hash, parents)
    if (this.#unwanted.has(hash)) this.#markUnwanted(parents)
  }

  take(node: CommitNode): void {
    this.#close(node.hash)
    this.#taken.add(node.hash)
    this.#parents.set(node.hash, node.parents)
    for (const parent of node.parents) if (!this.#taken.has(parent)) this.#openUp(parent)
    this.#wasUnwanted = this.#unwanted.has(node.hash)
    if (this.#wasUnwanted) this.#markUnwanted(node.parents)
    else {
      this.#wanted.push(node)
      this.#allDescend = null
    }
    this.#lookBudget += looksPerStep
  }

  /** Leaves out a commit that turned out not to be there. */
  drop(hash: string): void {
    this.#close(hash)
  }

  result(maxCount: number): ForkedRange {
    const wanted = this.#wanted.filter((node) => !this.#unwanted.has(node.hash))
    return {
      hashes: wanted.slice(0, maxCount).map((node) => node.hash),
      hasMore: wanted.length > maxCount,
      isFastForward: wanted.some((node) => node.parents.includes(this.#before)),
    }
  }

  #openUp(hash: string): void {
    if (this.#open.has(hash)) return
    this.#open.add(hash)
    if (!this.#unwanted.has(hash)) this.#wantedOpenCount += 1
  }

  #close(hash: string): void {
    if (this.#open.delete(hash) && !this.#unwanted.has(hash)) this.#wantedOpenCount -= 1
  }

  /** To see it later than could be changes no range: the walk goes on until it is likely over. */
  #seeWhetherAllDescend(): boolean {
    if (this.#allDescend === null && this.#lookBudget >= 0) this.#allDescend = this.#areAllDescendants()
    return this.#allDescend ?? false
  }

  /** Parents come after their children, so the last ones are looked at first. */
  #areAllDescendants(): boolean {
    const descendants = new Set([this.#before])
    for (let index = this.#wanted.length - 1; index >= 0; index -= 1) {
      const { hash = '', parents = [] } = this.#wanted[index] ?? {}
      this.#lookBudget -= 1 + parents.length
      if (this.#unwanted.has(hash)) continue
      if (!parents.some((parent) => descendants.has(parent))) return false
      descendants.add(hash)
    }
    return true
  }

  /** Marks commits and what is known to be below them. One that was marked before it was known hands its mark on then. */
  #markUnwanted(hashes: readonly string[]): void {
    const pending = [...hashes]
    for (let hash = pending.pop(); hash !== undefined; hash = pending.pop()) {
      if (this.#unwanted.has(hash)) continue
      if (this.#open.has(hash)) this.#wantedOpenCount -= 1
      if (this.#taken.has(hash)) this.#allDescend = null
      this.#unwanted.add(hash)
      // One by one: a merge may have more parents than a call takes arguments.
      for (const parent of this.#parents.get(hash) ?? []) pending.push(parent)
    }
  }
}

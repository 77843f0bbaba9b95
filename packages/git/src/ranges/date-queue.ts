import type { CommitNode } from '../objects/commit-node.ts'

/** How many ancestors a walk reads ahead at most; it begins with none and reads no more than it has walked. */
export const maxAhead = 64

interface Entry {
  readonly node: CommitNode
  /** How many were added before it. */
  readonly place: number
}

/** Commits by committer's date, newest first; of equal dates the first one in comes first, as in Git. A binary heap. */
export class DateQueue {
  readonly #entries: Entry[] = []
  #addedCount = 0

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  take(): CommitNode | undefined {
    const [first] = this.#entries
    const last = this.#entries.pop()
    if (first !== undefined && last !== undefined && first !== last) this.#sink(last)
    return first?.node
  }

  add(node: CommitNode): void {
    const added = { node, place: this.#addedCount }
    this.#addedCount += 1
    let index = this.#entries.length
    while (index > 0) {
      const above = (index - 1) >> 1
      const other = this.#entries[above]
      if (other === undefined || isBefore(other, added)) break
      this.#entries[index] = other
      index = above
    }
    this.#entries[index] = added
  }

  /** Puts an entry in the place of the first one. */
  #sink(entry: Entry): void {
    let index = 0
    for (;;) {
      const [left, right] = [this.#entries[2 * index + 1], this.#entries[2 * index + 2]]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const below = isRight ? right : left
      if (below === undefined || isBefore(entry, below)) break
      this.#entries[index] = below
      index = 2 * index + (isRight ? 2 : 1)
    }
    this.#entries[index] = entry
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  const difference = one.node.committedAt - other.node.committedAt
  return difference === 0 ? one.place < other.place : difference > 0
}

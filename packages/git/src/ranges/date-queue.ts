import type { CommitNode } from '../objects/parse-object.ts'

/** How many ancestors a walk reads ahead at most; it begins with none and reads no more than it has walked. */
export const maxAhead = 64

/** Commits by committer's date, newest first; of equal dates the first one in comes first, as in Git. */
export class DateQueue {
  /** The other way round, so that taking is cheap. */
  readonly #nodes: CommitNode[] = []

  get isEmpty(): boolean {
    return this.#nodes.length === 0
  }

  take(): CommitNode | undefined {
    return this.#nodes.pop()
  }

  add(node: CommitNode): void {
    let low = 0
    let high = this.#nodes.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#nodes[middle]
      if (other !== undefined && other.committedAt < node.committedAt) low = middle + 1
      else high = middle
    }
    this.#nodes.splice(low, 0, node)
  }
}

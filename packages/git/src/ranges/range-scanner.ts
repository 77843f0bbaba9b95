import type { ForkedRange } from './commit-range.ts'

/** Takes the output of `git rev-list --parents before..after` in any pieces, and keeps as little of it as it can. */
export interface RangeScanner {
  add(text: string): void
  /** Whether no further output could change the result. */
  isDone(): boolean
  result(): ForkedRange
}

/**
 * The first `maxCount` ids are kept. The rest is searched for a commit that has `before` as a parent, which there is exactly
 * if the update is a fast-forward: the last step of any path from `after` to `before` is such a commit. Of a line nothing is kept but
 * its id, however long it is.
 */
export function createRangeScanner(before: string, maxCount: number): RangeScanner {
  const hashes: string[] = []
  let isFastForward = false
  /** The id of the line that is under way, or the beginning of it. */
  let id = ''
  /** The end of what came: the beginning of an id may be in it. */
  let tail = ''

  function list(text: string): void {
    let start = 0
    while (hashes.length <= maxCount) {
      const end = text.indexOf('\n', start)
      const stop = end === -1 ? text.length : end
      id += text.slice(start, Math.min(stop, start + before.length - id.length))
      if (end === -1) return
      hashes.push(id)
      id = ''
      start = end + 1
    }
  }

  return {
    add: (text) => {
      const searched = tail + text
      isFastForward ||= searched.includes(before)
      tail = searched.slice(1 - before.length)
      list(text)
    },
    isDone: () => isFastForward && hashes.length > maxCount,
    result: () => ({ hashes: hashes.slice(0, maxCount), hasMore: hashes.length > maxCount, isFastForward }),
  }
}

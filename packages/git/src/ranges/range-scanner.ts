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
 * if the update is a fast-forward: the last step of any path from `after` to `before` is such a commit.
 */
export function createRangeScanner(before: string, maxCount: number): RangeScanner {
  const hashes: string[] = []
  let isFastForward = false
  let rest = ''

  return {
    add: (text) => {
      rest += text
      isFastForward ||= rest.includes(before)
      for (let end = rest.indexOf('\n'); end !== -1 && hashes.length <= maxCount; end = rest.indexOf('\n')) {
        hashes.push(rest.slice(0, before.length))
        rest = rest.slice(end + 1)
      }
      // Of what is not listed, only an id whose end is still to come can matter.
      if (hashes.length > maxCount) rest = rest.slice(1 - before.length)
    },
    isDone: () => isFastForward && hashes.length > maxCount,
    result: () => ({ hashes: hashes.slice(0, maxCount), hasMore: hashes.length > maxCount, isFastForward }),
  }
}

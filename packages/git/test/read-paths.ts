import type { ChangedPath, Page, RefUpdate } from '@posthorn/core'
import type { PushUpdate } from '@posthorn/git'
import type { GitRepository } from '@posthorn/test-kit/git-repository'
import { readUpdates } from './read-updates.ts'

export const detail = { maxCommits: 2, maxChanges: 2, changedPaths: true }
/** No paths, and all of them. */
export const none: Page<ChangedPath> = { values: [], hasMore: false }

/** The paths of refs, sorted, undefined where they are not known. */
export async function readPaths(
  repository: GitRepository,
  ...updates: readonly Partial<PushUpdate>[]
): Promise<readonly (Page<ChangedPath> | undefined)[]> {
  const { zeroId } = repository
  const whole = updates.map((update) => ({
    ref: 'refs/heads/topic',
    before: zeroId,
    after: zeroId,
    ...update,
  }))
  const { refUpdates } = await readUpdates(repository, whole, { detail })
  return refUpdates.map(toSortedPaths)
}

export function toSortedPaths({ changedPaths }: RefUpdate): Page<ChangedPath> | undefined {
  return changedPaths && { ...changedPaths, values: changedPaths.values.toSorted(byText) }
}

function byText(one: ChangedPath, other: ChangedPath): number {
  return String(one) < String(other) ? -1 : 1
}

export function page(...values: readonly ChangedPath[]): Page<ChangedPath> {
  return { values, hasMore: false }
}

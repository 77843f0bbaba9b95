import type { PushDetail, PushEvent, RefUpdate } from '@posthorn/core'
import { type PushUpdate, type ReadPushOptions, readPush } from '@posthorn/git'
import type { GitRepository } from '@posthorn/test-kit/git-repository'
import { actor, repository as entity } from './entities.ts'

/** Reads a push from a test repository; by default of as much as every dialect shows. */
export function readUpdates(
  repository: GitRepository,
  updates: readonly PushUpdate[],
  options: Partial<ReadPushOptions> = {},
): Promise<PushEvent> {
  const detail: PushDetail = { maxCommits: 101, maxChanges: 500 }
  return readPush({ gitDir: repository.gitDir, updates, repository: entity, actor, detail, ...options })
}

/** Reads a push of one update. */
export async function readUpdate(
  repository: GitRepository,
  update: Partial<PushUpdate>,
  options: Partial<ReadPushOptions> = {},
): Promise<RefUpdate> {
  const { zeroId } = repository
  const whole = { ref: 'refs/heads/main', before: zeroId, after: zeroId, ...update }
  const { refUpdates } = await readUpdates(repository, [whole], options)
  const [read] = refUpdates
  if (read === undefined || refUpdates.length !== 1)
    throw new Error(`Read ${refUpdates.length} updates of one.`)
  return read
}

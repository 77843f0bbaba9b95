import type { PushDetail, PushEvent, RefUpdate } from '@posthorn/core'
import { type PushUpdate, type ReadPushOptions, readPush } from '@posthorn/git'
import type { GitRepository } from '@posthorn/test-kit/git-repository'
import { expect } from 'vitest'
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

/**
 * Reads a push of one update. One of a branch is read as part of a larger push too, which goes another way through the
 * repository: both must tell the same.
 */
export async function readUpdate(
  repository: GitRepository,
  update: Partial<PushUpdate>,
  options: Partial<ReadPushOptions> = {},
): Promise<RefUpdate> {
  const { zeroId } = repository
  const whole = { ref: 'refs/heads/main', before: zeroId, after: zeroId, ...update }
  const [read] = await readAll(repository, [whole], options)
  if (whole.ref.startsWith('refs/heads/') && options.git === undefined) {
    const twin = { ...whole, ref: `${whole.ref}-twin` }
    expect((await readAll(repository, [whole, twin], options))[0]).toEqual(read)
  }
  return read
}

async function readAll(
  repository: GitRepository,
  updates: readonly PushUpdate[],
  options: Partial<ReadPushOptions>,
): Promise<readonly [RefUpdate, ...RefUpdate[]]> {
  const { refUpdates } = await readUpdates(repository, updates, options)
  const [first, ...others] = refUpdates
  if (first === undefined || refUpdates.length !== updates.length)
    throw new Error(`Read ${refUpdates.length} updates of ${updates.length}.`)
  return [first, ...others]
}

import type { RefUpdate } from '@posthorn/core'
import type { PushUpdate } from '@posthorn/git'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { isAncestor, logWithGit } from './git-log-oracle.ts'
import { createRandom, planRandomHistory } from './random-history.ts'
import { readUpdate, readUpdates } from './read-updates.ts'

const cases = (['even', 'equal', 'lying'] as const).flatMap((dates) =>
  // With the last two and dates that lie, marks must reach as far as Git's, and no further.
  [1, 2, 3, 125, 128].map((seed) => ({ dates, seed })),
)

async function expectAsLogged(
  repository: GitRepository,
  { before, after }: PushUpdate,
  read: RefUpdate | undefined,
): Promise<void> {
  const range = before === repository.zeroId ? [after] : [after, `^${before}`]
  expect(read?.commits).toEqual({ values: await logWithGit(repository, ...range), hasMore: false })
  if (before === repository.zeroId) return
  const isForced = !(await isAncestor(repository, before, after))
  expect(read?.isForced).toBe(isForced)
  const reachable = (await logWithGit(repository, after)).map(({ hash }) => hash)
  expect(read?.headCommits?.values.map(({ hash }) => hash)).toEqual(isForced ? reachable : undefined)
}

test.for(cases)(
  'a random history (seed $seed, $dates dates) reads as git log tells it, many refs at once and one by one',
  async ({ dates, seed }) => {
    await using repository = await createGitRepository()
    const random = createRandom(seed)
    const ids = await repository.commit(...planRandomHistory(random, 60, dates))
    const pick = () => ids[Math.floor(random() * ids.length)] ?? ''
    const updates = Array.from({ length: 12 }, (_, index) => ({
      ref: `refs/heads/branch-${index}`,
      before: index % 4 === 0 ? repository.zeroId : pick(),
      after: pick(),
    }))

    const { refUpdates } = await readUpdates(repository, updates)

    for (const [index, update] of updates.entries()) {
      await expectAsLogged(repository, update, refUpdates[index])
      if (index % 3 === 0) expect(await readUpdate(repository, update)).toEqual(refUpdates[index])
    }
  },
)

test.for([1, 2, 3])(
  'pushes as they come, one upon the other (seed %i), read as git log tells them',
  async (seed) => {
    await using repository = await createGitRepository()
    const random = createRandom(seed)
    const ids = await repository.commit(...planRandomHistory(random, 40, 'even', 0))
    for (let start = 0; start < 36; start += 4) {
      const update = { ref: 'refs/heads/main', before: ids[start] ?? '', after: ids[start + 4] ?? '' }
      const detail = { maxCommits: 40, maxChanges: 500 }
      await expectAsLogged(repository, update, await readUpdate(repository, update, { detail }))
    }
  },
)

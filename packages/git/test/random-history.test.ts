import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { logWithGit } from './git-log-oracle.ts'
import { createRandom, planRandomHistory } from './random-history.ts'
import { readUpdates } from './read-updates.ts'

const cases = (['even', 'equal', 'lying'] as const).flatMap((dates) =>
  [1, 2, 3, 4].map((seed) => ({ dates, seed })),
)

test.for(cases)(
  'a random history (seed $seed, $dates dates) reads as git log tells it',
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

    for (const [index, { before, after }] of updates.entries()) {
      const range = before === repository.zeroId ? [after] : [after, `^${before}`]
      const expected = await logWithGit(repository, ...range)
      expect(refUpdates[index]?.commits).toEqual({ values: expected, hasMore: false })
      if (before === repository.zeroId) continue
      const lost = await logWithGit(repository, before, `^${after}`)
      expect(refUpdates[index]?.isForced).toBe(lost.length > 0)
      const reachable = (await logWithGit(repository, after)).map(({ hash }) => hash)
      expect(refUpdates[index]?.headCommits?.values.map(({ hash }) => hash)).toEqual(
        lost.length > 0 ? reachable : undefined,
      )
    }
  },
)

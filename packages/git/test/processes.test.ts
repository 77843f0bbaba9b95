import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { readUpdates } from './read-updates.ts'

const withChanges = { maxCommits: 101, maxChanges: 500 }
const withoutChanges = { maxCommits: 6, maxChanges: 0 }

const cases = [1, 100, 1_000].flatMap((commits) => [1, 50].map((refs) => ({ commits, refs })))

test.for(cases)(
  '$refs created refs with $commits commits take one process, or two with changes',
  async ({ commits, refs }) => {
    await using git = await createCountedGit()
    await using repository = await createGitRepository()
    const ids = await repository.commit(...planLine(commits))
    const after = ids.at(-1) ?? ''
    const updates = Array.from({ length: refs }, (_, index) => ({
      ref: `refs/heads/${index}`,
      before: repository.zeroId,
      after,
    }))

    await readUpdates(repository, updates, { git: git.path, detail: withoutChanges })
    expect(await git.commands()).toEqual(['cat-file'])

    await readUpdates(repository, updates, { git: git.path, detail: withChanges })
    expect(await git.commands()).toEqual(['cat-file', 'cat-file', 'diff-tree'])
  },
)

test('fifty updated, forced, deleted and tagged refs take two processes', async () => {
  await using git = await createCountedGit()
  await using repository = await createGitRepository()
  const { zeroId } = repository
  const ids = await repository.commit(...planLine(100))
  const updates = Array.from({ length: 50 }, (_, index) => {
    const [low = '', high = ''] = [ids[index], ids[99 - index]]
    const [before, after] = index % 4 === 1 ? [high, low] : [low, high]
    if (index % 4 === 3) return { ref: `refs/heads/${index}`, before, after: zeroId }
    return { ref: `refs/${index % 4 === 2 ? 'tags' : 'heads'}/${index}`, before, after }
  })

  const { refUpdates } = await readUpdates(repository, updates, { git: git.path, detail: withChanges })

  expect(await git.commands()).toEqual(['cat-file', 'diff-tree'])
  expect(refUpdates.some(({ isForced }) => isForced)).toBe(true)
})

test.for([130, 1_000])(
  'a ref moved by %i commits takes one process more, however many they are',
  async (commits) => {
    await using git = await createCountedGit()
    await using repository = await createGitRepository()
    const ids = await repository.commit(...planLine(commits + 1))
    const update = { ref: 'refs/heads/main', before: ids[0] ?? '', after: ids.at(-1) ?? '' }

    await readUpdates(repository, [update], { git: git.path, detail: withChanges })

    expect(await git.commands()).toEqual(['cat-file', 'diff-tree', 'rev-list'])
  },
)

test('tags and deletions take no process for changes', async () => {
  await using git = await createCountedGit()
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const { zeroId } = repository

  await readUpdates(
    repository,
    [
      { ref: 'refs/tags/v1', before: zeroId, after: only },
      { ref: 'refs/heads/gone', before: only, after: zeroId },
    ],
    { git: git.path, detail: withChanges },
  )

  expect(await git.commands()).toEqual(['cat-file'])
})

function planLine(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    parents: index === 0 ? [] : [index - 1],
    files: { [`file-${index % 10}`]: `${index}\n` },
  }))
}

import type { PushDetail } from '@posthorn/core'
import type { PushUpdate } from '@posthorn/git'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { importLine, importWide } from './large-history.ts'
import { readUpdates } from './read-updates.ts'

const withChanges: PushDetail = { maxCommits: 101, maxChanges: 500 }
const withoutChanges: PushDetail = { maxCommits: 6, maxChanges: 0 }

/** Reads a push and gives the commands it took, in alphabetical order. */
async function countCommands(
  repository: GitRepository,
  updates: readonly PushUpdate[],
  detail: PushDetail,
): Promise<readonly string[]> {
  await using git = await createCountedGit()
  await readUpdates(repository, updates, { git: git.path, detail })
  return git.commands()
}

const branch = 'refs/heads/main'

test('a branch takes one process, and three if it moved by more than a page, whatever the number of commits', async () => {
  await using repository = await createGitRepository()
  const ids = await importLine(repository, 10_001)
  const [after = ''] = ids
  for (const detail of [withChanges, withoutChanges]) {
    const created = { ref: branch, before: repository.zeroId, after }
    expect(await countCommands(repository, [created], detail)).toEqual(['log'])
    for (const count of [1, 100, 10_000]) {
      const moved = { ref: branch, before: ids[count] ?? '', after }
      expect(await countCommands(repository, [moved], detail)).toEqual(
        count <= detail.maxCommits || count === 1 ? ['log'] : ['cat-file', 'log', 'rev-list'],
      )
    }
  }
}, 60_000)

test('a forced branch takes one process, and one more for the commits of its head where changes are wanted', async () => {
  await using repository = await createGitRepository()
  const plans = Array.from({ length: 200 }, (_, index) => ({ parents: index === 0 ? [] : [index - 1] }))
  const ids = await repository.commit(...plans, { parents: [198], message: 'Amended\n' })
  const amended = { ref: branch, before: ids[199] ?? '', after: ids[200] ?? '' }
  expect(await countCommands(repository, [amended], withoutChanges)).toEqual(['log'])
  expect(await countCommands(repository, [amended], withChanges)).toEqual(['cat-file', 'log'])
})

test('a merge takes one process', async () => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
    { parents: [0], files: { c: '1' } },
    { parents: [1], files: { d: '1' } },
    { parents: [3, 2], files: { c: '1' } },
  )
  const merged = { ref: branch, before: ids[3] ?? '', after: ids[4] ?? '' }
  expect(await countCommands(repository, [merged], withChanges)).toEqual(['log'])
})

test('tags and deletions beside a branch take one process more, and no more by themselves', async () => {
  await using repository = await createGitRepository()
  const [old = '', tip = ''] = await repository.commit({}, { parents: [0] })
  const { zeroId } = repository
  const others = [
    { ref: 'refs/tags/v1', before: zeroId, after: await repository.annotate({ name: 'v1', target: tip }) },
    { ref: 'refs/heads/gone', before: old, after: zeroId },
  ]
  const moved = { ref: branch, before: old, after: tip }
  expect(await countCommands(repository, others, withChanges)).toEqual(['cat-file'])
  expect(await countCommands(repository, [moved, ...others], withChanges)).toEqual(['cat-file', 'log'])
  const light = { ref: 'refs/tags/v2', before: zeroId, after: tip }
  expect(await countCommands(repository, [moved, light], withChanges)).toEqual(['log'])
})

test('1,000 created, moved, forced, deleted and tagged refs take two processes', async () => {
  await using repository = await createGitRepository()
  const { zeroId } = repository
  const ids = await importLine(repository, 120)
  const updates = Array.from({ length: 1_000 }, (_, index) => {
    const [high = '', low = ''] = [ids[index % 50], ids[100 - (index % 40)]]
    const ref = `refs/${index % 5 === 0 ? 'tags' : 'heads'}/${index}`
    const [before = '', after = ''] =
      [
        [low, high],
        [high, low],
        [zeroId, high],
        [low, zeroId],
      ][index % 4] ?? []
    return { ref, before, after }
  })
  expect(await countCommands(repository, updates, withChanges)).toEqual(['cat-file', 'diff-tree'])
  expect(await countCommands(repository, updates, withoutChanges)).toEqual(['cat-file'])
})

test.for([4, 5, 1_000])(
  '%i refs moved by more than 128 commits take four lists, or one for all',
  async (count) => {
    await using repository = await createGitRepository()
    const ids = await importLine(repository, 2_500)
    const updates = Array.from({ length: count }, (_, index) => ({
      ref: `refs/heads/${index}`,
      before: ids[index + 1_400] ?? '',
      after: ids[index] ?? '',
    }))
    const lists = Array.from({ length: count <= 4 ? count : 1 }, () => 'rev-list')
    expect(await countCommands(repository, updates, withoutChanges)).toEqual(['cat-file', ...lists])
  },
)

test('refs whose walks together meet more than a million parents share a list, however short the walks are', async () => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    {},
    ...Array.from({ length: 220 }, (_, index) => ({ parents: [index, ...Array<number>(99).fill(0)] })),
  )
  const updates = Array.from({ length: 110 }, (_, index) => ({
    ref: `refs/heads/${index}`,
    before: ids[index] ?? '',
    after: ids[index + 110] ?? '',
  }))
  expect(await countCommands(repository, updates, withoutChanges)).toEqual(['cat-file', 'rev-list'])
  expect(await countCommands(repository, updates.slice(0, 50), withoutChanges)).toEqual(['cat-file'])
})

test('a commit that changes 50,000 files takes one process', async () => {
  await using repository = await createGitRepository()
  const { root, wide } = await importWide(repository, 50_000)
  const moved = { ref: branch, before: root, after: wide }
  expect(await countCommands(repository, [moved], withChanges)).toEqual(['log'])
})

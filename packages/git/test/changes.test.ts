import type { Commit, FileChange } from '@posthorn/core'
import { type CommitPlan, createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { readUpdate } from './read-updates.ts'

const text = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('')
/** The blob of `text`, as git hash-object gives it. */
const textId = '7fc45dadc537fba2a81dd46ede4387f6bc8c56a2'
const submoduleId = 'c'.repeat(40)

async function readTip(
  repository: GitRepository,
  ...plans: readonly CommitPlan[]
): Promise<Commit | undefined> {
  const ids = await repository.commit(...plans)
  return (await readUpdate(repository, { after: ids.at(-1) ?? '' })).commits.values[0]
}

const cases: readonly {
  title: string
  files: NonNullable<CommitPlan['files']>
  changes: readonly Partial<FileChange>[]
}[] = [
  {
    title: 'an edit',
    files: { a: 'new\n' },
    changes: [{ kind: 'modify', path: 'a', sourcePath: null, similarity: null }],
  },
  { title: 'nothing', files: {}, changes: [] },
  {
    title: 'a deletion',
    files: { a: null },
    changes: [{ kind: 'delete', path: 'a', contentId: textId }],
  },
  {
    title: 'a move',
    files: { a: null, 'dir/b': text },
    changes: [{ kind: 'move', path: 'dir/b', sourcePath: 'a', similarity: 100 }],
  },
  {
    title: 'a copy of an edited file',
    files: { a: `${text}more\n`, b: text },
    changes: [
      { kind: 'modify', path: 'a' },
      { kind: 'copy', path: 'b', sourcePath: 'a', similarity: 100 },
    ],
  },
  {
    title: 'a file made executable',
    files: { a: { mode: '100755', content: text } },
    changes: [{ kind: 'modify', path: 'a', isExecutable: true, wasExecutable: false }],
  },
  {
    title: 'an executable deleted',
    files: { run: null },
    changes: [{ kind: 'delete', path: 'run', isExecutable: false, wasExecutable: true, nodeType: 'file' }],
  },
  {
    title: 'a file that became a symlink',
    files: { a: { mode: '120000', content: 'run' } },
    changes: [{ kind: 'modify', path: 'a', nodeType: 'symlink' }],
  },
  {
    title: 'a submodule',
    files: { sub: { mode: '160000', content: submoduleId } },
    changes: [{ kind: 'add', path: 'sub', nodeType: 'submodule', contentId: submoduleId }],
  },
  {
    title: 'paths with spaces, quotes, tabs and newlines',
    files: { 'a b': 'x', 'q"\t\n\\': 'y', ':100644': 'z' },
    changes: [
      { kind: 'add', path: ':100644' },
      { kind: 'add', path: 'a b' },
      { kind: 'add', path: 'q"\t\n\\' },
    ],
  },
]

test.for(cases)('the changes of a commit: $title', async ({ files, changes }) => {
  await using repository = await createGitRepository()
  const base = { files: { a: text, run: { mode: '100755' as const, content: 'run\n' } } }

  const commit = await readTip(repository, base, { parents: [0], files })

  expect(commit?.changes).toMatchObject({ values: changes, hasMore: false })
})

test('a path that is not UTF-8 is read with replacement characters', async () => {
  await using repository = await createGitRepository()
  const path = Uint8Array.of(0x61, 0xff, 0x62)
  const commit = await readTip(repository, { rawFiles: [{ path, file: 'x' }] })
  expect(commit?.changes?.values).toMatchObject([{ kind: 'add', path: 'a\uFFFDb' }])
})

test('a merge has the changes against its first parent', async () => {
  await using repository = await createGitRepository()
  const commit = await readTip(
    repository,
    { files: { a: 'a' } },
    { parents: [0], files: { b: 'b' } },
    { parents: [0], files: { c: 'c' } },
    { parents: [1, 2], files: { c: 'c' } },
  )
  expect(commit?.parents).toHaveLength(2)
  expect(commit?.changes?.values.map(({ path }) => path)).toEqual(['c'])
})

test('an octopus merge that takes in another root has the changes against its first parent', async () => {
  await using repository = await createGitRepository()
  const commit = await readTip(
    repository,
    { files: { a: 'a' } },
    { parents: [0], files: { b: 'b' } },
    { parents: [0], files: { c: 'c' } },
    { files: { other: 'root' } },
    { parents: [1, 2, 3], files: { c: 'c', other: 'root' } },
  )
  expect(commit?.parents).toHaveLength(3)
  expect(commit?.changes?.values.map(({ path }) => path)).toEqual(['c', 'other'])
})

test('a binary file is moved and copied like any other', async () => {
  await using repository = await createGitRepository()
  const binary = Uint8Array.from({ length: 4_000 }, (_, index) => (index * index) % 256)
  const edited = Uint8Array.from([...binary.subarray(0, 3_000), ...binary.subarray(0, 1_000).toReversed()])
  const commit = await readTip(
    repository,
    { files: { a: binary } },
    { parents: [0], files: { a: null, b: edited, c: binary } },
  )
  expect(commit?.changes?.values).toMatchObject([
    { kind: 'copy', sourcePath: 'a', path: 'b', similarity: expect.any(Number) },
    { kind: 'move', sourcePath: 'a', path: 'c', similarity: 100 },
  ])
})

test.for([
  { maxChanges: 1, paths: ['a'], hasMore: true },
  { maxChanges: 3, paths: ['a', 'b', 'c'], hasMore: false },
])('of three changes a page of $maxChanges shows the first', async ({ maxChanges, paths, hasMore }) => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    { files: { a: '1', b: '2', c: '3' } },
    { parents: [0], files: { d: '4' } },
  )

  const { commits } = await readUpdate(
    repository,
    { after: ids[1] ?? '' },
    { detail: { maxCommits: 6, maxChanges } },
  )

  expect(commits.values[0]?.changes?.values.map(({ path }) => path)).toEqual(['d'])
  expect(commits.values[1]?.changes?.values.map(({ path }) => path)).toEqual(paths)
  expect(commits.values[1]?.changes?.hasMore).toBe(hasMore)
})

test('below a shallow clone changes are not told rather than invented', async () => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { a: '2' } },
    { parents: [1], files: { a: '3' } },
  )
  await repository.setRef('refs/heads/main', ids[2] ?? '')
  await using shallow = await createGitRepository()
  await shallow.git(['fetch', '--quiet', '--depth=2', `file://${repository.gitDir}`, 'main'])

  const { commits } = await readUpdate(shallow, { after: ids[2] ?? '' })

  expect(commits.values.map(({ hash }) => hash)).toEqual([ids[2], ids[1]])
  expect(commits.values.map(({ changes }) => changes?.values.length)).toEqual([1, undefined])
})

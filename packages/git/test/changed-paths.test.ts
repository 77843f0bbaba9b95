import { type CommitPlan, createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createRandom, planRandomHistory } from './random-history.ts'
import { detail, none, page, readPaths } from './read-paths.ts'
import { readUpdates } from './read-updates.ts'

const text = 'line\n'.repeat(20)

const moves: readonly { title: string; files: CommitPlan['files']; paths: readonly string[] }[] = [
  { title: 'an edit', files: { 'dir/a': 'new\n' }, paths: ['dir/a'] },
  { title: 'an addition', files: { b: 'x' }, paths: ['b'] },
  { title: 'a deletion', files: { 'dir/a': null }, paths: ['dir/a'] },
  { title: 'a rename, by both paths', files: { 'dir/a': null, b: text }, paths: ['b', 'dir/a'] },
  {
    title: 'a change of mode alone',
    files: { 'dir/a': { mode: '100755', content: text } },
    paths: ['dir/a'],
  },
  {
    title: 'a change of type',
    files: { 'dir/a': { mode: '120000', content: 'x' } },
    paths: ['dir/a'],
  },
  {
    title: 'a submodule',
    files: { sub: { mode: '160000', content: 'c'.repeat(40) } },
    paths: ['sub'],
  },
  { title: 'nothing', files: {}, paths: [] },
  {
    title: 'names that look like the output of git',
    files: { M: 'x', ':100644': 'x', ['a'.repeat(40)]: 'x', 'a\n\tb "c"': 'x' },
    paths: [':100644', 'M', 'a\n\tb "c"', 'a'.repeat(40)],
  },
]

test.for(moves)('the paths of a moved branch: $title', async ({ files = {}, paths }) => {
  await using repository = await createGitRepository()
  const [before = '', after = ''] = await repository.commit(
    { files: { 'dir/a': text } },
    { parents: [0], files },
  )
  expect(await readPaths(repository, { before, after })).toEqual([page(...paths)])
})

test('a path that is not UTF-8 comes as its bytes', async () => {
  await using repository = await createGitRepository()
  const latin1 = Uint8Array.of(0x66, 0xfc, 0x72)
  const [before = '', after = ''] = await repository.commit(
    {},
    { parents: [0], files: { ü: 'x' }, rawFiles: [{ path: latin1, file: 'x' }] },
  )
  expect(await readPaths(repository, { before, after })).toEqual([page(latin1, 'ü')])
})

test.for([1, 2])('of a random history (seed %i) they are those that git diff names', async (seed) => {
  await using repository = await createGitRepository()
  const random = createRandom(seed)
  const ids = await repository.commit(...planRandomHistory(random, 40, 'even'))
  const pick = () => ids[Math.floor(random() * ids.length)] ?? ''
  const updates = Array.from({ length: 20 }, (_, index) => ({
    ref: `refs/heads/${index}`,
    before: pick(),
    after: pick(),
  }))

  const { refUpdates } = await readUpdates(repository, updates, { detail })

  for (const { before, after, changedPaths } of refUpdates) {
    const names = ['diff', '--name-only', '--no-renames', '-z', before, after]
    const expected = (await repository.git(names)).toString('latin1').split('\0').slice(0, -1)
    const read = changedPaths?.values.map((path) => Buffer.from(path).toString('latin1'))
    expect(read?.toSorted()).toEqual(expected.toSorted())
    expect(changedPaths?.hasMore).toBe(false)
  }
})

test('a branch made on top of another has the paths of its own commits', async () => {
  await using repository = await createGitRepository()
  const [main = '', , tip = ''] = await repository.commit(
    { files: { a: '1', b: '1', c: '1' } },
    { parents: [0], files: { b: '2' } },
    { parents: [1], files: { b: '1', 'd/e': '1' } },
  )
  await repository.setRef('refs/heads/main', main)
  await repository.setRef('refs/heads/topic', tip)
  expect(await readPaths(repository, { after: tip })).toEqual([page('b', 'd/e')])
})

const linear: readonly CommitPlan[] = [
  { files: { p: '1' } },
  { parents: [0], files: { p: '2' } },
  { parents: [1], files: { p: '1' } },
]
const merged: readonly CommitPlan[] = [
  { files: { a: '1' } },
  { parents: [0], files: { theirs: '1' } },
  { parents: [0], files: { ours: '1' } },
  { parents: [2, 1], files: { theirs: '1', decided: '1' } },
]

test.for([
  { title: 'a commit', commits: linear, known: [1], from: [0], moved: [page()], created: page('p') },
  {
    title: 'a new commit',
    commits: linear,
    known: [],
    from: [1, 0],
    moved: [page('p'), page()],
    created: page('p'),
  },
  {
    title: 'a merge',
    commits: merged,
    known: [1],
    from: [2, 0, 1],
    moved: [page('decided', 'theirs'), page('decided', 'ours', 'theirs'), page('decided', 'ours')],
    created: page('decided'),
  },
])(
  'a branch made at $title that others were moved to has its own paths, in any order',
  async ({ commits, known, from, moved, created }) => {
    await using repository = await createGitRepository()
    const ids = await repository.commit(...commits)
    const after = ids.at(-1) ?? ''
    for (const index of known) await repository.setRef(`refs/heads/known-${index}`, ids[index] ?? '')
    const moves = from.map((index) => ({ ref: `refs/heads/from-${index}`, before: ids[index] ?? '', after }))
    const orders = [
      [...moves, { after }],
      [{ after }, ...moves],
      [...moves.toReversed(), { after }],
    ]
    const [last, first, reversed] = await Promise.all(
      orders.map((updates) => readPaths(repository, ...updates)),
    )
    expect(last).toEqual([...moved, created])
    expect(first).toEqual([created, ...moved])
    expect(reversed).toEqual([...moved.toReversed(), created])
  },
)

test('the first branch of a repository has all paths', async () => {
  await using repository = await createGitRepository()
  const [, tip = ''] = await repository.commit(
    { files: { a: '1', gone: '1' } },
    { parents: [0], files: { b: '1', gone: null } },
  )
  await repository.setRef('refs/heads/topic', tip)
  expect(await readPaths(repository, { after: tip })).toEqual([page('a', 'b', 'gone')])
})

test('a branch made where another one is has none, nor has one that was given a new name', async () => {
  await using repository = await createGitRepository()
  const [first = '', second = ''] = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
  )
  await repository.setRef('refs/heads/main', first)
  await repository.setRef('refs/heads/topic', first)
  expect(await readPaths(repository, { after: first })).toEqual([none])
  await repository.setRef('refs/heads/topic', second)
  const renamed = [{ ref: 'refs/heads/old', before: second }, { after: second }]
  expect(await readPaths(repository, ...renamed)).toEqual([none, none])
})

test('commits that came with the push are new to each branch that it made or moved', async () => {
  await using repository = await createGitRepository()
  const [base = '', one = '', two = ''] = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
    { parents: [1], files: { c: '1' } },
  )
  await repository.setRef('refs/heads/main', one)
  await repository.setRef('refs/heads/topic', one)
  await repository.setRef('refs/heads/later', two)
  const updates = [
    { after: one },
    { ref: 'refs/heads/later', after: two },
    { ref: 'refs/heads/main', before: base, after: one },
  ]
  expect(await readPaths(repository, ...updates)).toEqual([page('b'), page('b', 'c'), page('b')])
})

test('a tag and other refs make no commit known to branches', async () => {
  await using repository = await createGitRepository()
  const [tip = ''] = await repository.commit({ files: { a: '1' } })
  await repository.setRef('refs/tags/v1', tip)
  await repository.setRef('refs/pull/1/head', tip)
  await repository.setRef('refs/heads/topic', tip)
  expect(await readPaths(repository, { after: tip })).toEqual([page('a')])
})

test.for(['refs/tags/v1', 'refs/notes/x'])(
  'nor does %s make one known that is moved or deleted with the same push',
  async (ref) => {
    await using repository = await createGitRepository()
    const [base = '', topic = ''] = await repository.commit(
      { files: { a: '1' } },
      { parents: [0], files: { b: '1' } },
    )
    await repository.setRef('refs/heads/main', base)
    for (const after of [repository.zeroId, base])
      expect(await readPaths(repository, { ref, before: topic, after }, { after: topic })).toEqual([
        none,
        page('b'),
      ])
  },
)

test('what a merge took over from a known branch is not changed by the new one, what it decided is', async () => {
  await using repository = await createGitRepository()
  const [, main = '', , tip = ''] = await repository.commit(
    { files: { a: '1', both: '1' } },
    { parents: [0], files: { theirs: '1', both: 'main' } },
    { parents: [0], files: { ours: '1', both: 'topic' } },
    { parents: [2, 1], files: { theirs: '1', both: 'decided', a: 'decided' } },
  )
  await repository.setRef('refs/heads/main', main)
  await repository.setRef('refs/heads/topic', tip)
  expect(await readPaths(repository, { after: tip })).toEqual([page('a', 'both', 'ours')])
})

test.for(['refs/heads/--all', 'refs/heads/a#b%25+c&d=e', 'refs/heads/<script>', 'refs/heads/日本'])(
  'a branch named %s is not taken for another one',
  async (ref) => {
    await using repository = await createGitRepository()
    const [only = ''] = await repository.commit({ files: { a: '1' } })
    await repository.git(['update-ref', '--stdin'], `create ${ref} ${only}\n`)
    expect(await readPaths(repository, { ref, after: only })).toEqual([page('a')])
  },
)

test('nor is one whose name is not UTF-8, in whichever way the host reads it', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({ files: { a: '1' } })
  const bytes = Buffer.from('refs/heads/gr\xfcn', 'latin1')
  await repository.git(
    ['update-ref', '--stdin'],
    Buffer.concat([Buffer.from('create '), bytes, Buffer.from(` ${only}\n`)]),
  )
  for (const ref of [bytes.toString('latin1'), bytes.toString('utf8')])
    expect(await readPaths(repository, { ref, after: only })).toEqual([page('a')])
})

test('what is deleted, tags and refs that are neither have no paths', async () => {
  await using repository = await createGitRepository()
  const [a = '', b = ''] = await repository.commit({ files: { a: '1' } }, { parents: [0], files: { a: '2' } })
  const updates = [
    { before: b },
    { ref: 'refs/tags/v1', after: b },
    { ref: 'refs/tags/v2', before: a, after: b },
    { ref: 'refs/notes/commits', before: a, after: b },
    { ref: 'refs/heads/same', before: b, after: b },
  ]
  expect(await readPaths(repository, ...updates)).toEqual(updates.map(() => none))
})

test('where a commit is gone nothing is known of the paths', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({ files: { a: '1' } })
  const gone = '1'.repeat(40)
  const { refUpdates } = await readUpdates(
    repository,
    [
      { ref: 'refs/heads/1', before: gone, after: only },
      { ref: 'refs/heads/2', before: only, after: gone },
      { ref: 'refs/heads/3', before: repository.zeroId, after: gone },
      { ref: 'refs/heads/4', before: repository.zeroId, after: only },
    ],
    { detail },
  )
  expect(refUpdates.map((update) => 'changedPaths' in update)).toEqual([false, false, false, true])
})

test('paths are read only for those who want them', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({ files: { a: '1' } })
  const update = { ref: 'refs/heads/main', before: repository.zeroId, after: only }
  const { refUpdates } = await readUpdates(repository, [update], {
    detail: { ...detail, changedPaths: false },
  })
  expect(refUpdates[0]).not.toHaveProperty('changedPaths')
})

test('a SHA-256 repository tells paths the same way', async () => {
  await using repository = await createGitRepository({ objectFormat: 'sha256' })
  const [before = '', after = ''] = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
  )
  await repository.setRef('refs/heads/main', before)
  expect(await readPaths(repository, { before, after }, { ref: 'refs/heads/new', after })).toEqual([
    page('b'),
    page('b'),
  ])
})

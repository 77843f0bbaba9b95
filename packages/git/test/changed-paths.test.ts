import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChangedPath, Page, RefUpdate } from '@posthorn/core'
import type { PushUpdate } from '@posthorn/git'
import { type CommitPlan, createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { importWide } from './large-history.ts'
import { createRandom, planRandomHistory } from './random-history.ts'
import { readUpdates } from './read-updates.ts'

const detail = { maxCommits: 2, maxChanges: 2, changedPaths: true }
const none = { values: [], hasMore: false }

async function readPaths(
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

function toSortedPaths({ changedPaths }: RefUpdate): Page<ChangedPath> | undefined {
  return changedPaths && { ...changedPaths, values: changedPaths.values.toSorted(byText) }
}

function byText(one: ChangedPath, other: ChangedPath): number {
  return String(one) < String(other) ? -1 : 1
}

function page(...values: readonly ChangedPath[]): Page<ChangedPath> {
  return { values, hasMore: false }
}

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

test('of a push 20,000 paths are kept; refs whose paths were not read are not judged by them', async () => {
  await using repository = await createGitRepository()
  const { root: base, wide: some } = await importWide(repository, 25_000)
  const { wide: tooMany } = await importWide(repository, 225_000)
  const moves = [
    [base, some],
    [base, base],
    [base, tooMany],
    [tooMany, some],
    [base, base],
    [base, some],
  ]
  const updates = moves.map(([before = '', after = ''], index) => ({
    ref: `refs/heads/${index}`,
    before,
    after,
  }))
  const { refUpdates } = await readUpdates(repository, updates, {
    detail: { maxCommits: 1, maxChanges: 0, changedPaths: true },
  })
  expect(
    refUpdates.map(
      ({ changedPaths }) => changedPaths && { ...changedPaths, values: changedPaths.values.length },
    ),
  ).toEqual([
    { values: 20_000, hasMore: true },
    { values: 0, hasMore: false },
    { values: 0, hasMore: true },
    undefined,
    { values: 0, hasMore: false },
    { values: 20_000, hasMore: true },
  ])
})

test('each commit is read once, however many created branches have it, and branches of one commit share their page', async () => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    ...Array.from({ length: 40 }, (_, index) => ({
      parents: index === 0 ? [] : [index - 1],
      files: { [`file-${index % 10}`]: String(index) },
    })),
  )
  const input = join(repository.gitDir, 'input')
  const git = join(repository.gitDir, 'spying-git')
  const spy = `#!/bin/sh\n[ "$3" = diff-tree ] || exec git "$@"\ntee -a '${input}' | git "$@"\n`
  await writeFile(git, spy, { mode: 0o755 })
  const updates = Array.from({ length: 200 }, (_, index) => ({
    ref: `refs/heads/${index}`,
    before: index % 4 === 3 ? (ids[0] ?? '') : repository.zeroId,
    after: ids[[39, 20, 4, 39][index % 4] ?? 0] ?? '',
  }))

  const { refUpdates } = await readUpdates(repository, updates, {
    git,
    detail: { maxCommits: 0, maxChanges: 0, changedPaths: true },
  })

  // All but the first commit were known, since a moved branch was there; its line comes once too.
  const lines = (await readFile(input, 'latin1')).trim().split('\n')
  expect(lines.toSorted()).toEqual([...ids.slice(1), `${ids[39]} ${ids[0]}`].toSorted())
  expect(refUpdates.map(({ changedPaths }) => changedPaths?.values.length)).toEqual(
    updates.map((_, index) => [10, 10, 4, 10][index % 4]),
  )
  for (const [index, { changedPaths }] of refUpdates.entries())
    expect(changedPaths).toBe(refUpdates[index % 4]?.changedPaths)
})

/** A merge with one root many times for a parent, which Git takes. */
async function commitWide(repository: GitRepository, first: string, count: number): Promise<string> {
  const tree = (await repository.git(['rev-parse', `${first}^{tree}`])).toString().trim()
  const person = 'A <a@b> 1700000000 +0000'
  const parents = `parent ${first}\n`.repeat(count)
  return repository.writeObject(
    'commit',
    `tree ${tree}\n${parents}author ${person}\ncommitter ${person}\n\nWide\n`,
  )
}

test.for([256, 257, 40_000])(
  'of a merge of %i parents the paths are known if git can compare them all, and no push fails over it',
  async (count) => {
    await using repository = await createGitRepository()
    const [root = ''] = await repository.commit({ files: { a: '1' } })
    const wide = await commitWide(repository, root, count)
    const second = await commitWide(repository, wide, count)
    const [tip = ''] = await repository.commit({ parents: [second], files: { a: '1', b: '1' } })
    await repository.setRef('refs/heads/kept', root)

    const pages = await readPaths(repository, { after: tip }, { after: wide })

    // Of two merges with more than 65,536 parents together, not even both are listed.
    const isCompared = count <= 256
    expect(pages).toEqual([{ values: ['b'], hasMore: !isCompared }, isCompared ? page() : undefined])
  },
)

test('paths for which there is no room are left out, and fail no push', async () => {
  await using repository = await createGitRepository()
  const [long, short] = ['d'.repeat(1_000), 'e']
  const toFiles = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`${long}/${index + from}`, '']))
  const [base = '', few = '', many = ''] = await repository.commit(
    {},
    { parents: [0], files: toFiles(0, 10) },
    { parents: [1], files: { ...toFiles(10, 100), [short]: '' } },
  )
  const updates = [
    { ref: 'refs/heads/few', before: base, after: few },
    { ref: 'refs/heads/many', before: base, after: many },
    ...Array.from({ length: 60 }, (_, index) => ({ ref: `refs/heads/${index}`, before: base, after: base })),
    { ref: 'refs/heads/back', before: few, after: base },
  ]
  const options = { detail: { maxCommits: 1, maxChanges: 0, changedPaths: true }, maxBytes: 200_000 }
  const { refUpdates } = await readUpdates(repository, updates, options)
  const pages = refUpdates.map(toSortedPaths)
  // Of 50,000 bytes each takes some 3,000. What is short still finds room behind what is not, and what is known needs none.
  expect(pages[0]).toEqual(page(...Object.keys(toFiles(0, 10)).toSorted()))
  expect(pages[1]).toMatchObject({ hasMore: true })
  expect(pages[1]?.values).toHaveLength(17)
  expect(pages[1]?.values).toContain(short)
  expect(pages.at(-1)).toEqual(pages[0])
})

test('refs and commits for which there is no room make paths unknown, and fail no push', async () => {
  await using repository = await createGitRepository()
  const [base = '', ...tips] = await repository.commit(
    { files: { a: '' } },
    ...Array.from({ length: 100 }, (_, index) => ({ parents: [0], files: { [`b-${index}`]: '' } })),
  )
  const detail = { maxCommits: 0, maxChanges: 0, changedPaths: true }
  const read = (before: string) => {
    const updates = tips.map((after, index) => ({ ref: `refs/heads/${index}`, before, after }))
    return readUpdates(repository, updates, { detail, maxBytes: 80_000 })
  }
  const moved = (await read(base)).refUpdates.map(toSortedPaths)
  expect(moved[0]).toEqual(page('b-0'))
  expect(moved.at(-1)).toBeUndefined()
  const whole = moved.filter((known) => known !== undefined)
  expect(whole).toEqual(whole.map((_, index) => page(`b-${index}`)))

  const created = (await read(repository.zeroId)).refUpdates.map(toSortedPaths)
  expect(created.every((known) => known === undefined || known.hasMore)).toBe(true)

  const others = Array.from({ length: 200 }, (_, index) => `create refs/heads/other-${index} ${base}\n`)
  await repository.git(['update-ref', '--stdin'], others.join(''))
  const unknown = (await read(repository.zeroId)).refUpdates.map(toSortedPaths)
  expect(unknown).toEqual(unknown.map(() => undefined))
})

test('nothing is listed behind a commit for which there is no room', async () => {
  await using repository = await createGitRepository()
  const [root = '', older = ''] = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
  )
  const wide = await commitWide(repository, root, 40)
  const [tip = ''] = await repository.commit({ parents: [wide], files: { a: '1', c: '1' } })
  const order = join(repository.gitDir, 'order')
  const git = join(repository.gitDir, 'ordered-git')
  const lines = [`${tip} ${wide}`, `${wide} ${Array(40).fill(root).join(' ')}`, `${older} ${root}`, root]
  await writeFile(order, `${lines.join('\n')}\n`)
  await writeFile(git, `#!/bin/sh\n[ "$3" != rev-list ] || exec cat '${order}'\nexec git "$@"\n`, {
    mode: 0o755,
  })
  const updates = [tip, older].map((after) => ({
    ref: `refs/heads/${after}`,
    before: repository.zeroId,
    after,
  }))
  const options = { git, detail: { maxCommits: 0, maxChanges: 0, changedPaths: true }, maxBytes: 11_200 }
  const { refUpdates } = await readUpdates(repository, updates, options)
  expect(refUpdates.map(toSortedPaths)).toEqual([
    { values: ['c'], hasMore: true },
    { values: [], hasMore: true },
  ])
})

// They wait, and do so together.
test.concurrent.for(['for-each-ref', 'rev-list', 'diff-tree'])(
  'a git %s that takes more than half of the time leaves paths unknown, and fails no push',
  async (command, { expect }) => {
    await using repository = await createGitRepository()
    const [before = '', after = ''] = await repository.commit(
      { files: { a: '1' } },
      { parents: [0], files: { b: '1' } },
    )
    const git = join(repository.gitDir, 'slow-git')
    const script = `#!/bin/sh\n[ "$3" != ${command} ] || exec sleep 1000\nexec git "$@"\n`
    await writeFile(git, script, { mode: 0o755 })
    const updates = [
      { ref: 'refs/heads/moved', before, after },
      { ref: 'refs/heads/new', before: repository.zeroId, after },
    ]
    const plain = { ...detail, maxChanges: 0 }
    const { refUpdates } = await readUpdates(repository, updates, { git, detail: plain, timeoutMs: 4_000 })
    const [moved, created] = refUpdates.map(toSortedPaths)
    expect(moved).toBeUndefined()
    expect(created).toEqual(command === 'rev-list' ? { values: [], hasMore: true } : undefined)
    expect(refUpdates.map(({ commits }) => commits.values[0]?.hash)).toEqual([after, after])
  },
)

test.concurrent('paths that were being read when half of the time was over are not all', async ({
  expect,
}) => {
  await using repository = await createGitRepository()
  const [before = '', after = '', last = ''] = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
    { parents: [1], files: { c: '1' } },
  )
  const git = join(repository.gitDir, 'slow-git')
  const begun = `printf '${after}\\0A\\0b\\0${last}\\0A\\0c\\0'`
  const script = `#!/bin/sh\n[ "$3" = diff-tree ] || exec git "$@"\n${begun}\nexec sleep 1000\n`
  await writeFile(git, script, { mode: 0o755 })
  const updates = [after, last, before].map((id) => ({
    ref: `refs/heads/${id}`,
    before: id === before ? last : before,
    after: id,
  }))
  const { refUpdates } = await readUpdates(repository, updates, {
    git,
    detail: { ...detail, maxChanges: 0 },
    timeoutMs: 4_000,
  })
  expect(refUpdates.map(toSortedPaths)).toEqual([page('b'), { values: ['c'], hasMore: true }, undefined])
})

test('of a created branch the newest 1,000 commits are looked at', async () => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    ...Array.from({ length: 1_001 }, (_, index) => ({
      parents: index === 0 ? [] : [index - 1],
      files: { [`file-${index}`]: '' },
    })),
  )
  const [last, whole] = await readPaths(repository, { after: ids[1_000] ?? '' }, { after: ids[999] ?? '' })
  const [alone] = await readPaths(repository, { after: ids[999] ?? '' })
  expect(last).toMatchObject({ hasMore: true })
  expect(last?.values).toHaveLength(1_000)
  expect(whole).toMatchObject({ hasMore: true })
  expect(alone).toMatchObject({ hasMore: false })
  expect(alone?.values).toHaveLength(1_000)
})

test.for([1, 1_000])('the paths of %i refs take three processes at most', async (count) => {
  await using git = await createCountedGit()
  await using repository = await createGitRepository()
  const [before = '', after = ''] = await repository.commit(
    { files: { a: '1' } },
    { parents: [0], files: { b: '1' } },
  )
  await repository.setRef('refs/heads/main', before)
  const moved = Array.from({ length: count }, (_, index) => ({ ref: `refs/heads/m${index}`, before, after }))
  const created = moved.map(({ ref }) => ({ ref: `${ref}-new`, before: repository.zeroId, after }))
  const options = { git: git.path, detail: { maxCommits: 6, maxChanges: 0, changedPaths: true } }
  const first = count === 1 ? 'log' : 'cat-file'

  const { refUpdates } = await readUpdates(repository, moved, options)
  expect(await git.commands()).toEqual([first, 'diff-tree'].toSorted())
  expect(refUpdates.map(({ changedPaths }) => changedPaths)).toEqual(moved.map(() => page('b')))

  const made = await readUpdates(repository, created, options)
  expect(await git.commands()).toEqual(
    [first, first, 'diff-tree', 'diff-tree', 'for-each-ref', 'rev-list'].toSorted(),
  )
  expect(made.refUpdates.map(({ changedPaths }) => changedPaths)).toEqual(created.map(() => page('b')))
})

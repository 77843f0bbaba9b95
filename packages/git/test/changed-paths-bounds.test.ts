import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { importWide } from './large-history.ts'
import { detail, page, readPaths, toSortedPaths } from './read-paths.ts'
import { readUpdates } from './read-updates.ts'

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

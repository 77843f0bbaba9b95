import { parseEvent } from '@posthorn/core'
import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { isAncestor, logWithGit } from './git-log-oracle.ts'
import { createRandom, planRandomHistory } from './random-history.ts'
import { readUpdate, readUpdates } from './read-updates.ts'

test('a created branch lists all that can be reached from it, newest first', async () => {
  await using repository = await createGitRepository()
  const [, second = '', third = ''] = await repository.commit(
    { files: { a: 'a\n' } },
    { parents: [0], files: { b: 'b\n' } },
    { parents: [1], files: { b: null } },
  )
  await repository.setRef('refs/heads/other', second)

  const update = await readUpdate(repository, { after: third })

  expect(update.commits).toEqual({ values: await logWithGit(repository, third), hasMore: false })
  expect(update).toMatchObject({
    isForced: false,
    old: null,
    new: { annotation: null, commit: { hash: third } },
  })
  expect(update).not.toHaveProperty('headCommits')
})

test('an updated branch lists what is in after and not in before', async () => {
  await using repository = await createGitRepository()
  const [first = '', , third = ''] = await repository.commit({}, { parents: [0] }, { parents: [1] })

  const update = await readUpdate(repository, { before: first, after: third })

  expect(update.commits).toEqual({
    values: await logWithGit(repository, `${first}..${third}`),
    hasMore: false,
  })
  expect(update.isForced).toBe(false)
  expect([update.old?.commit?.hash, update.new?.commit?.hash]).toEqual([first, third])
  expect(update).not.toHaveProperty('headCommits')
})

test('a forced update lists its own commits, and those of the head', async () => {
  await using repository = await createGitRepository()
  const [base = '', before = '', after = ''] = await repository.commit(
    {},
    { parents: [0] },
    { parents: [0], message: 'New\n' },
  )

  const update = await readUpdate(repository, { before, after })

  expect(update.isForced).toBe(true)
  expect(update.commits.values.map(({ hash }) => hash)).toEqual([after])
  expect(update.headCommits?.values.map(({ hash }) => hash)).toEqual([after, base])
})

test('a branch moved back is forced and brought no commits', async () => {
  await using repository = await createGitRepository()
  const [first = '', second = ''] = await repository.commit({}, { parents: [0] })

  const update = await readUpdate(repository, { before: second, after: first })

  expect(update).toMatchObject({ isForced: true, commits: { values: [], hasMore: false } })
  expect(update.headCommits?.values.map(({ hash }) => hash)).toEqual([first])
})

test('a branch moved to an unrelated history is forced', async () => {
  await using repository = await createGitRepository()
  const [before = '', after = ''] = await repository.commit({}, { message: 'Another root\n' })
  expect(await readUpdate(repository, { before, after })).toMatchObject({
    isForced: true,
    commits: { values: [{ hash: after }], hasMore: false },
  })
})

test('a deleted branch has what it pointed to and no commits', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  expect(await readUpdate(repository, { before: only })).toMatchObject({
    isForced: false,
    old: { commit: { hash: only } },
    new: null,
    commits: { values: [], hasMore: false },
  })
})

test.for([
  { maxCommits: 0, shown: 0, hasMore: true },
  { maxCommits: 1, shown: 1, hasMore: true },
  { maxCommits: 4, shown: 4, hasMore: true },
  { maxCommits: 5, shown: 5, hasMore: false },
  { maxCommits: 6, shown: 5, hasMore: false },
])('of five commits a page of $maxCommits shows $shown', async ({ maxCommits, shown, hasMore }) => {
  await using repository = await createGitRepository()
  const plans = Array.from({ length: 6 }, (_, index) => ({ parents: index === 0 ? [] : [index - 1] }))
  const ids = await repository.commit(...plans)
  const [root = '', first = ''] = ids
  const options = { detail: { maxCommits, maxChanges: 0 } }

  const updated = await readUpdate(repository, { before: root, after: ids[5] ?? '' }, options)
  const created = await readUpdate(repository, { after: ids[4] ?? '' }, options)

  expect(updated.commits).toMatchObject({
    values: ids
      .slice(1)
      .toReversed()
      .slice(0, shown)
      .map((hash) => ({ hash })),
    hasMore,
  })
  expect(created.commits).toMatchObject({ hasMore })
  expect(created.commits.values).toHaveLength(shown)
  expect(created.commits.values.every((commit) => commit.changes === undefined)).toBe(true)
  expect(first).not.toBe(root)
})

test('an update that changes nothing about its branch is not forced', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  expect(await readUpdate(repository, { before: only, after: only })).toMatchObject({
    isForced: false,
    commits: { values: [] },
  })
})

test('an old commit that is gone makes the update forced, with all commits of the head', async () => {
  await using repository = await createGitRepository()
  const [, tip = ''] = await repository.commit({}, { parents: [0] })

  const update = await readUpdate(repository, { before: '1'.repeat(40), after: tip })

  expect(update).toMatchObject({ isForced: true, old: { commit: null, annotation: null } })
  expect(update.commits).toEqual({ values: await logWithGit(repository, tip), hasMore: false })
  expect(update.headCommits?.values).toHaveLength(2)
})

test('a new commit that is gone already gives a push without commits', async () => {
  await using repository = await createGitRepository()
  expect(await readUpdate(repository, { after: '1'.repeat(40) })).toMatchObject({
    new: { commit: null },
    commits: { values: [], hasMore: false },
  })
})

const longRanges = (['even', 'equal', 'lying'] as const).flatMap((dates) =>
  [1, 4, 7].map((count) => ({ dates, count })),
)

test.for(longRanges)(
  '$count long ranges ($dates dates), which git lists each in a process or all in one, are as git log tells them',
  async ({ dates, count }) => {
    await using repository = await createGitRepository()
    const ids = await repository.commit(...planRandomHistory(createRandom(7), 700, dates, 0))
    const tip = ids.at(-1) ?? ''
    const [orphan = ''] = await repository.commit({ message: 'Elsewhere\n' })
    const befores = [ids[0] ?? '', ids[300] ?? '', orphan, ids[20], ids[40], ids[500], ids[501]]
    const updates = befores
      .slice(0, count)
      .map((before = '', index) => ({ ref: `refs/heads/${index}`, before, after: tip }))

    const { refUpdates } = await readUpdates(repository, updates, {
      detail: { maxCommits: 50, maxChanges: 500 },
    })

    for (const { before, commits, isForced } of refUpdates) {
      expect(commits).toEqual({
        values: await logWithGit(repository, '-n50', tip, `^${before}`),
        hasMore: true,
      })
      expect(isForced).toBe(!(await isAncestor(repository, before, tip)))
    }
  },
)

test('refs keep their order and their odd names, and share commits', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const names = [
    'refs/heads/--help',
    'refs/heads/a#b%25+c&d=e',
    'refs/heads/heads/main',
    'refs/heads/<script>',
    'refs/heads/-n1',
    'refs/heads/日本',
    'refs/heads/\u0080\u0085\u009f\u2028\u2029',
  ]

  const event = await readUpdates(
    repository,
    names.map((ref) => ({ ref, before: repository.zeroId, after: only })),
  )

  expect(event.refUpdates.map(({ ref }) => ref)).toEqual(names)
  expect(event.refUpdates.map(({ commits }) => commits.values.map(({ hash }) => hash))).toEqual(
    names.map(() => [only]),
  )
  expect(parseEvent(event)).toEqual(event)
})

test.for([
  'refs/notes/commits',
  'refs/pull/1/head',
  'refs/changes/01/1/1',
  'refs/stash',
  'refs/headsman/x',
  'refs/replace/x',
])('%s, which is no branch and no tag, has its targets and no commits', async (ref) => {
  await using repository = await createGitRepository()
  const [first = '', second = ''] = await repository.commit({}, { parents: [0] })
  expect(await readUpdate(repository, { ref, before: first, after: second })).toMatchObject({
    isForced: false,
    old: { commit: { hash: first } },
    new: { commit: { hash: second } },
    commits: { values: [], hasMore: false },
  })
})

test('a SHA-256 repository is read the same way', async () => {
  await using repository = await createGitRepository({ objectFormat: 'sha256' })
  const [first = '', second = ''] = await repository.commit(
    { files: { a: 'a\n' } },
    { parents: [0], files: { a: null } },
  )

  const created = await readUpdate(repository, { after: second })
  const updated = await readUpdate(repository, { before: first, after: second })

  expect(second).toHaveLength(64)
  expect(created.commits.values).toEqual(await logWithGit(repository, second))
  expect(updated.commits.values).toEqual(await logWithGit(repository, `${first}..${second}`))
  expect(updated.commits.values[0]?.changes?.values[0]?.contentId).toHaveLength(64)
})

test('a push without updates is an empty event, read from nowhere', async () => {
  await using repository = await createGitRepository()
  const event = await readUpdates(repository, [], { git: '/nonexistent/git', id: 'given' })
  expect(event).toMatchObject({ key: 'repo:push', id: 'given', refUpdates: [] })
})

test('a merge of 30,000 parents has them all', async () => {
  await using repository = await createGitRepository()
  // Each of them ten times, which is as long a list and quicker to make.
  const roots = await repository.commit(
    ...Array.from({ length: 3_000 }, (_, index) => ({ message: `${index}\n` })),
  )
  const ids = Array.from({ length: 10 }, () => roots).flat()
  const tree = (await repository.git(['rev-parse', `${ids[0]}^{tree}`])).toString().trim()
  const lines = ids.map((parent) => `parent ${parent}\n`).join('')
  const person = 'A B <a@b> 1900000000 +0000'
  const merge = await repository.writeObject(
    'commit',
    `tree ${tree}\n${lines}author ${person}\ncommitter ${person}\n\nAll\n`,
  )
  const detail = { maxCommits: 2, maxChanges: 0 }

  const read = await readUpdate(repository, { before: ids[29_999] ?? '', after: merge }, { detail })

  expect(read.isForced).toBe(false)
  expect(read.new?.commit?.parents).toEqual(ids)
  expect(read.commits.values[0]).toMatchObject({ hash: merge, message: 'All\n', committer: { name: 'A B' } })
}, 60_000)

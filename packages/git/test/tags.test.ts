import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { readUpdate, readUpdates } from './read-updates.ts'

const ref = 'refs/tags/v1'

test('a lightweight tag has a commit, no annotation and no list of commits', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  expect(await readUpdate(repository, { ref, after: only })).toMatchObject({
    isForced: false,
    new: { commit: { hash: only }, annotation: null },
    commits: { values: [], hasMore: false },
  })
})

test('an annotated tag is peeled, and says who tagged it when', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const tag = await repository.annotate({ name: 'v1', target: only, message: 'First\n\nrelease\n' })
  expect((await readUpdate(repository, { ref, after: tag })).new).toMatchObject({
    commit: { hash: only },
    annotation: {
      message: 'First\n\nrelease\n',
      tagger: { name: 'Tagger', emailAddress: 'tagger@example.com', at: 1_700_000_000_000 },
    },
  })
})

test('a tag of a tag leads to the commit and keeps the words of the outer tag', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const inner = await repository.annotate({ name: 'inner', target: only, message: 'Inner\n' })
  const outer = await repository.annotate({
    name: 'v1',
    target: inner,
    targetType: 'tag',
    message: 'Outer\n',
  })
  expect((await readUpdate(repository, { ref, before: outer })).old).toMatchObject({
    commit: { hash: only },
    annotation: { message: 'Outer\n' },
  })
})

test('an old tag without tagger has none', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const tag = await repository.annotate({ name: 'v1', target: only, tagger: null })
  expect((await readUpdate(repository, { ref, after: tag })).new?.annotation).toEqual({
    message: 'Tag\n',
    tagger: null,
  })
})

test.for(['blob', 'tree'] as const)('a tag of a %s has no commit', async (type) => {
  await using repository = await createGitRepository()
  const target = await repository.writeObject(type, '')
  const tag = await repository.annotate({ name: 'v1', target, targetType: type })

  const [plain, annotated, moved] = await Promise.all([
    readUpdate(repository, { ref, after: target }),
    readUpdate(repository, { ref, after: tag }),
    readUpdate(repository, { ref, before: tag, after: target }),
  ])

  expect(plain.new).toEqual({ commit: null, annotation: null })
  expect(annotated.new).toMatchObject({ commit: null, annotation: { message: 'Tag\n' } })
  expect(moved).toMatchObject({ isForced: true, commits: { values: [] } })
  expect(moved.headCommits?.values).toEqual([])
})

test('a tag in another encoding is read in it', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const tag = await repository.writeObject(
    'tag',
    Buffer.from(
      `object ${only}\ntype commit\ntag v1\ntagger J\xf6rg <j@b> 1700000000 -0330\nencoding ISO-8859-1\n\nGr\xfc\xdfe\n`,
      'latin1',
    ),
  )
  expect((await readUpdate(repository, { ref, after: tag })).new?.annotation).toEqual({
    message: 'Grüße\n',
    tagger: { name: 'Jörg', emailAddress: 'j@b', at: 1_700_000_000_000 },
  })
})

test('a tag, its branch and a tag of that tag are read in one push', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const inner = await repository.annotate({ name: 'inner', target: only, message: 'Inner\n' })
  const outer = await repository.annotate({ name: 'outer', target: inner, targetType: 'tag' })
  const updates = [inner, outer, only, only].map((after, index) => ({
    ref: index === 3 ? 'refs/heads/main' : `refs/tags/${index}`,
    before: repository.zeroId,
    after,
  }))
  const { refUpdates } = await readUpdates(repository, updates)
  expect(refUpdates.map((update) => [update.new?.commit?.hash, update.new?.annotation?.message])).toEqual([
    [only, 'Inner\n'],
    [only, 'Tag\n'],
    [only, undefined],
    [only, undefined],
  ])
  expect(refUpdates.map(({ commits }) => commits.values.length)).toEqual([0, 0, 0, 1])
})

test.for([
  { title: 'forwards', from: 0, to: 1, isForced: false },
  { title: 'backwards', from: 1, to: 0, isForced: true },
  { title: 'nowhere, with a new annotation', from: 1, to: 1, isForced: false },
])('a tag moved $title is judged by its commits', async ({ from, to, isForced }) => {
  await using repository = await createGitRepository()
  const ids = await repository.commit({}, { parents: [0] })
  const before = await repository.annotate({ name: 'v1', target: ids[from] ?? '', message: 'Old\n' })
  const after = await repository.annotate({ name: 'v1', target: ids[to] ?? '', message: 'New\n' })
  expect(await readUpdate(repository, { ref, before, after })).toMatchObject({
    isForced,
    commits: { values: [], hasMore: false },
  })
})

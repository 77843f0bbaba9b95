import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createRandom } from './random-history.ts'
import { readUpdate } from './read-updates.ts'

const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

function writeCommit(
  repository: GitRepository,
  parents: readonly string[],
  committer: string,
): Promise<string> {
  const lines = parents.map((parent) => `parent ${parent}\n`).join('')
  return repository.writeObject(
    'commit',
    `tree ${tree}\n${lines}author A <a@b> 1700000000 +0000\ncommitter ${committer}\n\n${committer}\n`,
  )
}

async function listWithGit(
  repository: GitRepository,
  ...range: readonly string[]
): Promise<readonly string[]> {
  return (await repository.git(['log', '--format=%H', ...range])).toString('latin1').split('\n').slice(0, -1)
}

const oddCommitters = [
  'A <a@b> -5 +0000',
  'A <a@b> +1700000050 +0000',
  'A <a@b> 0001700000050 +0000',
  'A <a@b> 9000000000000 +0000',
  'A <a@b> 18446744073709551615 +0000',
  `A <a@b> ${'9'.repeat(40)} +0000`,
  `A <a@b> -${'9'.repeat(40)} +0000`,
  'A <a@b> 1700000250',
  'A <a@b> x',
  'A <a@b>',
  'A',
  'A <a<b> c> 1700000250 +0000',
]

test.for(oddCommitters)('a commit of "%s" has the place in history that git gives it', async (committer) => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const root = await writeCommit(repository, [], 'A <a@b> 1700000000 +0000')
  const odd = await writeCommit(repository, [root], committer)
  const low = await writeCommit(repository, [root], 'A <a@b> 1700000100 +0000')
  const high = await writeCommit(repository, [low], 'A <a@b> 1700000200 +0000')
  const after = await writeCommit(repository, [odd, high], 'A <a@b> 1700000300 +0000')

  const created = await readUpdate(repository, { after })
  const moved = await readUpdate(repository, { before: root, after })

  expect(created.commits.values.map(({ hash }) => hash)).toEqual(await listWithGit(repository, after))
  expect(moved.commits.values.map(({ hash }) => hash)).toEqual(
    await listWithGit(repository, after, `^${root}`),
  )
})

const dates = ['-5', '9000000000000', '18446744073709551615', '9999999999']

test.for([1, 2, 3])('a history with dates of all sizes (seed %i) reads as git log tells it', async (seed) => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const random = createRandom(seed)
  const pick = (count: number) => Math.floor(random() * count)
  const ids: string[] = []
  for (let index = 0; index < 25; index += 1) {
    const count = index === 0 ? 0 : 1 + pick(2)
    const parents = Array.from({ length: count }, () => ids[Math.max(0, index - 1 - pick(5))] ?? '')
    const date = dates[pick(10)] ?? String(1_700_000_000 + index * 60)
    ids.push(await writeCommit(repository, [...new Set(parents)], `A <a@b> ${date} +0000`))
  }
  for (let round = 0; round < 6; round += 1) {
    const [before = '', after = ''] = [ids[pick(20)], ids[24 - pick(4)]]
    const { commits } = await readUpdate(repository, { before, after })
    const expected = await listWithGit(repository, after, `^${before}`)
    expect(commits.values.map(({ hash }) => hash)).toEqual(expected)
  }
})

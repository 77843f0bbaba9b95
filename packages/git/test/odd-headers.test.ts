import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { openObjectReader } from '../src/objects/object-reader.ts'
import { parseCommitNode } from '../src/objects/parse-object.ts'
import { openGitSession } from '../src/process/git-session.ts'
import { readUpdate, readUpdates } from './read-updates.ts'

const person = 'A B <a@b> 1700000000 +0000'
const evil = 'Z <z@b> 1500000000 +0000'
const [author, committer] = [`author ${person}`, `committer ${person}`]

/** The headers of a commit, as git takes them in a push unless it checks objects. */
const oddHeaders: readonly {
  readonly title: string
  readonly toLines: (base: string) => readonly string[]
}[] = [
  { title: 'a parent behind the committer', toLines: (base) => [author, committer, `parent ${base}`] },
  { title: 'a parent between the persons', toLines: (base) => [author, `parent ${base}`, committer] },
  {
    title: 'a name for a parent, behind the committer',
    toLines: (base) => [`parent ${base}`, author, committer, 'parent HEAD', 'parent ../../evil?x=<script>'],
  },
  {
    title: 'a parent of 5,000 letters, behind the committer',
    toLines: (base) => [`parent ${base}`, author, committer, `parent ${'z'.repeat(5_000)}`],
  },
  {
    title: 'a parent behind a line that is no header',
    toLines: (base) => ['x', `parent ${base}`, author, committer],
  },
  {
    title: 'a parent behind a line that begins with a space',
    toLines: (base) => [' x', `parent ${base}`, author, committer],
  },
  {
    title: 'a parent in capitals',
    toLines: (base) => [`parent ${base.toUpperCase()}`, author, committer],
  },
  {
    title: 'the same parent twice',
    toLines: (base) => [`parent ${base}`, `parent ${base}`, author, committer],
  },
  {
    title: 'two authors',
    toLines: (base) => [`parent ${base}`, author, `author ${evil}`, committer],
  },
  {
    title: 'two committers',
    toLines: (base) => [`parent ${base}`, author, committer, `committer ${evil}`],
  },
  {
    title: 'two encodings',
    toLines: (base) => [`parent ${base}`, author, committer, 'encoding UTF-8', 'encoding ISO-8859-1'],
  },
  {
    title: 'a second author without a space',
    toLines: (base) => [`parent ${base}`, author, committer, 'author', 'committer'],
  },
  {
    title: 'a second author without a value',
    toLines: (base) => [`parent ${base}`, author, committer, 'author ', 'committer '],
  },
  {
    title: 'an encoding without a space before one with it',
    toLines: (base) => [`parent ${base}`, author, committer, 'encoding', 'encoding ISO-8859-1'],
  },
  { title: 'no author', toLines: (base) => [`parent ${base}`, committer] },
  {
    title: 'the committer before the author',
    toLines: (base) => [`parent ${base}`, committer, author],
  },
]

async function write(repository: GitRepository, lines: readonly string[]): Promise<string> {
  const tree = await repository.writeObject('tree', '')
  return repository.writeObject('commit', `tree ${tree}\n${lines.join('\n')}\n\nGrüße\n`)
}

/** What git makes of one commit: its parents, its persons and the date by which it walks. */
async function askGit(repository: GitRepository, id: string) {
  const told = await repository.git(['log', '-1', '--encoding=UTF-8', '--format=%P%n%an%n%cn%n%s', id])
  const [parents = '', authorName, committerName, subject] = told.toString().split('\n')
  const walked = await repository.git(['rev-list', '-1', '--timestamp', id])
  const commit = {
    parents: parents === '' ? [] : parents.split(' '),
    author: authorName,
    committer: committerName,
    message: `${subject}\n`,
  }
  return { commit, committedAt: Number(walked.toString().split(' ')[0]) }
}

test.for(oddHeaders)(
  'a commit with $title is what git takes it for, in both ways of reading',
  async ({ toLines }) => {
    await using repository = await createGitRepository()
    const [base = ''] = await repository.commit({})
    const id = await write(repository, toLines(base))
    const expected = await askGit(repository, id)

    const created = await readUpdate(repository, { after: id })
    const moved = await readUpdate(repository, { before: base, after: id })

    for (const { commits } of [created, moved]) {
      const [{ parents, author: by, committer: from, message } = { parents: [] }] = commits.values
      expect({ parents, author: by?.name, committer: from?.name, message }).toEqual(expected.commit)
    }
    expect(moved.isForced).toBe(!expected.commit.parents.includes(base))
    const bytes = await repository.git(['cat-file', 'commit', id])
    expect(parseCommitNode({ hash: id, bytes, isCut: false }).committedAt).toBe(expected.committedAt)
  },
)

const [one, other] = ['1'.repeat(40), '2'.repeat(40)]

test.for([
  ['stand right behind the tree', [`tree ${one}`, `parent ${one}`, `parent ${other}`], [one, other]],
  ['have no tree before them', [`parent ${one}`, `parent ${other}`], []],
  ['have something before the tree', ['x', `tree ${one}`, `parent ${other}`], []],
  ['are of the other format', [`tree ${one}`, `parent ${'1'.repeat(64)}`, `parent ${other}`], []],
  ['are too short', [`tree ${one}`, `parent ${one.slice(1)}`, `parent ${other}`], []],
  ['are no ids', [`tree ${one}`, `parent ${'x'.repeat(40)}`, `parent ${other}`], []],
] as const)('parents that %s', ([, lines, parents]) => {
  const bytes = Buffer.from(`${[...lines, author, committer].join('\n')}\n\n`)
  expect(parseCommitNode({ hash: other, bytes, isCut: false }).parents).toEqual(parents)
})

test.for(['HEAD', '', `${one}\n${other}`, `${one}^{tree}`, one.slice(1), 'A'.repeat(40)])(
  'a reader of objects asks git for nothing by the name %j',
  async (name) => {
    await using repository = await createGitRepository()
    const session = openGitSession({
      git: 'git',
      gitDir: repository.gitDir,
      env: process.env,
      timeoutMs: 60_000,
      maxBytes: 1_000,
    })
    try {
      const reading = openObjectReader(session).read(name, '^{commit}')
      await expect(reading).rejects.toMatchObject({
        code: 'git.failed',
        message: expect.stringContaining('Expected an object id'),
      })
    } finally {
      await session.close()
    }
  },
)

test.for([
  ['a name', 'HEAD'],
  ['an id that is too short', 'a'.repeat(39)],
  ['an id that is too long', 'a'.repeat(41)],
  ['an id of the other format', 'a'.repeat(64)],
  ['5,000 letters', 'z'.repeat(5_000)],
])(
  'a commit with %s for a parent, right behind the tree, is none to git, and gone here',
  async ([, parent]) => {
    await using repository = await createGitRepository()
    const [base = ''] = await repository.commit({})
    const id = await write(repository, [`parent ${parent}`, author, committer])
    const detail = { maxCommits: 6, maxChanges: 6, changedPaths: true }
    const read = await readUpdate(repository, { before: base, after: id }, { detail })
    expect(read).toMatchObject({ new: { commit: null }, commits: { values: [], hasMore: false } })
  },
)

test('nothing but ids reaches the input of git, whatever the headers of a commit hold', async () => {
  await using repository = await createGitRepository()
  const [base = ''] = await repository.commit({})
  const log = join(repository.gitDir, 'input')
  const git = join(repository.gitDir, 'spying-git')
  await writeFile(git, `#!/bin/sh\ntee -a '${log}' | git "$@"\n`)
  await chmod(git, 0o755)
  const tips: string[] = []
  for (const { toLines } of oddHeaders) tips.push(await write(repository, toLines(base)))
  const updates = tips.map((after, index) => ({
    ref: `refs/heads/${index}`,
    before: index % 2 === 0 ? base : repository.zeroId,
    after,
  }))

  await readUpdates(repository, updates, {
    git,
    detail: { maxCommits: 6, maxChanges: 6, changedPaths: true },
  })

  const lines = (await readFile(log, 'latin1')).split('\n').filter((line) => line !== '')
  const odd = lines.filter((line) => !/^\^?[0-9a-f]{40}(?: [0-9a-f]{40}|\^\{\w+\}|~\d+)?$/.test(line))
  expect(lines.length).toBeGreaterThan(updates.length)
  expect(odd).toEqual([])
})

import { appendFile, chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { afterEach, expect, test, vi } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { createRandom, planRandomHistory } from './random-history.ts'
import { readUpdate } from './read-updates.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

async function fill(repository: GitRepository): Promise<{ readonly before: string; readonly after: string }> {
  const ids = await repository.commit(...planRandomHistory(createRandom(11), 40, 'even'), {
    parents: [39],
    message: Buffer.from('Gr\xfc\xdfe\n', 'latin1'),
    encoding: 'ISO-8859-1',
    files: { 'ü "x"': 'x', sub: { mode: '160000', content: 'd'.repeat(40) }, 'z/first': 'y' },
  })
  return { before: ids[0] ?? '', after: ids.at(-1) ?? '' }
}

const hostileConfig = `
[log]
  showSignature = true
  decorate = full
  date = relative
  mailmap = true
  showRoot = false
  diffMerges = off
[diff]
  renames = false
  renameLimit = 1
  orderFile = order
  ignoreSubmodules = all
  noprefix = true
  relative = true
  external = /bin/false
  colorMoved = zebra
  suppressBlankEmpty = true
[core]
  quotePath = true
  abbrev = 4
  pager = /bin/false
  bare = true
  logAllRefUpdates = always
[color]
  ui = always
  diff = always
[format]
  pretty = oneline
[i18n]
  logOutputEncoding = UTF-16
  commitEncoding = UTF-16
[alias]
  rev-list = !false
  cat-file = !false
[submodule "sub"]
  ignore = all
  path = sub
`

test('configuration of the repository changes nothing about what is read', async () => {
  await using repository = await createGitRepository()
  const update = await fill(repository)
  const expected = await readUpdate(repository, update)

  const order = join(repository.gitDir, 'order')
  await writeFile(order, 'z/*\n')
  await appendFile(join(repository.gitDir, 'config'), hostileConfig.replace('= order', `= ${order}`))

  expect(await readUpdate(repository, update)).toEqual(expected)
  expect(expected.commits.values[0]?.changes?.values).toHaveLength(3)
})

test('nor does it cost a process more', async () => {
  await using repository = await createGitRepository()
  await using git = await createCountedGit()
  const [before = '', after = ''] = await repository.commit(
    { files: { a: 'a' } },
    {
      parents: [0],
      files: { b: 'b', sub: { mode: '160000', content: 'd'.repeat(40) } },
      message: 'Grüße\n',
    },
  )
  await appendFile(join(repository.gitDir, 'config'), hostileConfig.replace('= order', `= ${devNull}`))

  const read = await readUpdate(repository, { before, after }, { git: git.path })

  expect(read.commits.values).toMatchObject([{ hash: after, message: 'Grüße\n' }])
  expect(await git.commands()).toEqual(['log'])
})

test.for(['exit 129', 'git "$@" | head -c 3000; exit 1', 'exit 0'])(
  'a git whose log ends early (%s) is read by its other commands',
  async (log) => {
    await using repository = await createGitRepository()
    const update = await fill(repository)
    const git = join(repository.gitDir, 'git-without-log')
    await writeFile(git, `#!/bin/sh\nif [ "$3" = log ]; then ${log}; fi\nexec git "$@"\n`)
    await chmod(git, 0o755)
    const created = { after: update.after }
    expect(await readUpdate(repository, update, { git })).toEqual(await readUpdate(repository, update))
    expect(await readUpdate(repository, created, { git })).toEqual(await readUpdate(repository, created))
  },
)

test('the environment of the host changes nothing about what is read', async () => {
  await using repository = await createGitRepository()
  await using other = await createGitRepository()
  const update = await fill(repository)
  const expected = await readUpdate(repository, update)

  vi.stubEnv('GIT_DIR', other.gitDir)
  vi.stubEnv('GIT_WORK_TREE', other.gitDir)
  vi.stubEnv('GIT_OBJECT_DIRECTORY', join(other.gitDir, 'objects'))
  vi.stubEnv('GIT_QUARANTINE_PATH', other.gitDir)
  vi.stubEnv('GIT_NAMESPACE', 'x')
  vi.stubEnv('GIT_CONFIG_COUNT', '1')
  vi.stubEnv('GIT_CONFIG_KEY_0', 'diff.ignoreSubmodules')
  vi.stubEnv('GIT_CONFIG_VALUE_0', 'all')
  vi.stubEnv('GIT_TRACE', '1')
  vi.stubEnv('LC_ALL', 'de_DE.UTF-8')

  expect(await readUpdate(repository, update)).toEqual(expected)
})

test('a host may point git at the objects of a quarantine on purpose', async () => {
  await using repository = await createGitRepository()
  const [id = ''] = await repository.commit({})
  const quarantine = `${repository.gitDir}-quarantine`
  await rename(join(repository.gitDir, 'objects'), quarantine)
  await mkdir(join(repository.gitDir, 'objects'))

  const read = await readUpdate(repository, { after: id }, { env: { GIT_OBJECT_DIRECTORY: quarantine } })

  expect(read.new?.commit?.hash).toBe(id)
})

test('objects of an alternate are found', async () => {
  await using origin = await createGitRepository()
  await using fork = await createGitRepository()
  const [id = ''] = await origin.commit({ files: { a: 'a' } })
  await writeFile(join(fork.gitDir, 'objects/info/alternates'), `${join(origin.gitDir, 'objects')}\n`)
  expect((await readUpdate(fork, { after: id })).commits.values[0]?.changes?.values).toHaveLength(1)
})

test('alternates of alternates are found, and a fork reads its own push on top of them', async () => {
  await using origin = await createGitRepository()
  await using middle = await createGitRepository()
  await using fork = await createGitRepository()
  const [base = ''] = await origin.commit({ files: { a: 'a' } })
  for (const [borrower, lender] of [
    [middle, origin],
    [fork, middle],
  ] as const)
    await writeFile(join(borrower.gitDir, 'objects/info/alternates'), `${join(lender.gitDir, 'objects')}\n`)
  const [tip = ''] = await fork.commit({ parents: [base], files: { b: 'b' } })

  const read = await readUpdate(fork, { before: base, after: tip })

  expect(read).toMatchObject({ isForced: false, old: { commit: { hash: base } } })
  expect(read.commits.values[0]?.changes?.values.map(({ path }) => path)).toEqual(['b'])
})

test('a graft does not change what a commit is', async () => {
  await using repository = await createGitRepository()
  const [low = '', high = '', orphan = ''] = await repository.commit(
    {},
    { parents: [0] },
    { message: 'Alone\n' },
  )
  await writeFile(join(repository.gitDir, 'info', 'grafts'), `${orphan} ${high}\n${high}\n`)
  expect((await readUpdate(repository, { after: high })).commits.values).toMatchObject([
    { hash: high, parents: [low] },
    { hash: low },
  ])
  expect((await readUpdate(repository, { after: orphan })).commits.values).toHaveLength(1)
})

test('a pushed replacement does not change what a commit is', async () => {
  await using repository = await createGitRepository()
  const [real = '', fake = ''] = await repository.commit({ message: 'Real\n' }, { message: 'Fake\n' })
  await repository.setRef(`refs/replace/${real}`, fake)
  expect((await readUpdate(repository, { after: real })).new?.commit?.message).toBe('Real\n')
})

import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { devNull } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { PushUpdate } from '@posthorn/git'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { afterEach, expect, test, vi } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { createRandom, planRandomHistory } from './random-history.ts'
import { readUpdate, readUpdates } from './read-updates.ts'

const run = promisify(execFile)

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

const lines = Array.from({ length: 200 }, (_, index) => `line number ${index} ${index * 7_919}`)

/** A rename that is one only for text: the ends of all lines change too. */
async function fillWithRename(
  repository: GitRepository,
): Promise<{ readonly before: string; readonly after: string }> {
  const [before = '', after = ''] = await repository.commit(
    { files: { old: lines.join('\r\n') } },
    { parents: [0], files: { old: null, fresh: lines.join('\n') } },
  )
  return { before, after }
}

test.for(['HOME', 'XDG_CONFIG_HOME'])(
  'attributes below the %s of the host change nothing about what is read',
  async (name) => {
    await using repository = await createGitRepository()
    await using home = await createGitRepository()
    const update = await fillWithRename(repository)
    const expected = await readUpdate(repository, update)
    const folder = join(home.gitDir, name === 'HOME' ? '.config/git' : 'git')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'attributes'), '* binary\n')
    if (name === 'HOME') vi.stubEnv('XDG_CONFIG_HOME', undefined)

    vi.stubEnv(name, home.gitDir)

    expect(await readUpdate(repository, update)).toEqual(expected)
    expect(expected.commits.values[0]?.changes?.values).toMatchObject([{ kind: 'move' }])
  },
)

test.for(['kept', 'removed'])(
  'the working directory of the host (%s) changes nothing about what is read',
  async (fate) => {
    await using repository = await createGitRepository()
    await using other = await createGitRepository()
    const { before, after } = await fillWithRename(repository)
    await repository.git(['config', 'core.bare', 'false'])
    const expected = await readUpdate(repository, { before, after })
    await writeFile(join(other.gitDir, '.gitattributes'), '* -diff\n')

    const { stdout } = await run(process.execPath, [
      '--conditions=@posthorn/source',
      join(import.meta.dirname, 'moved-host.ts'),
      repository.gitDir,
      before,
      after,
      other.gitDir,
      fate,
    ])

    expect(JSON.parse(stdout)).toEqual(expected)
    expect(expected.commits.values[0]?.changes?.values).toMatchObject([{ kind: 'move' }])
  },
)

test('a git beside the host is found by a relative path', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const git = join(repository.gitDir, 'git')
  await writeFile(git, '#!/bin/sh\nexec git "$@"\n')
  await chmod(git, 0o755)
  const read = await readUpdate(repository, { after: only }, { git: relative(process.cwd(), git) })
  expect(read.new?.commit?.hash).toBe(only)
})

test('a repository behind a file, and one of a further work tree, read as the one that they lead to', async () => {
  await using origin = await createGitRepository()
  await using other = await createGitRepository()
  const ids = await origin.commit({ files: { a: 'a' } }, { parents: [0] }, { parents: [1] }, { parents: [2] })
  const update = { after: ids[3] ?? '' }
  await origin.setRef('refs/heads/main', update.after)
  const [real, file] = [join(other.gitDir, 'real'), join(other.gitDir, 'worktree/.git')]
  const url = `file://${origin.gitDir}`
  await origin.git(['clone', '--quiet', '--depth=2', `--separate-git-dir=${real}`, url, dirname(file)])
  await origin.git([
    '-C',
    dirname(file),
    '--git-dir',
    real,
    'worktree',
    'add',
    '-q',
    '--detach',
    '../further',
  ])
  const gone = { after: 'a'.repeat(40) }

  const expected = await readUpdate(origin, update, { gitDir: real })

  expect(expected.commits.values.map(({ changes }) => changes === undefined)).toEqual([false, true])
  for (const gitDir of [file, join(other.gitDir, 'further/.git'), join(real, 'worktrees/further')]) {
    expect(await readUpdate(origin, update, { gitDir })).toEqual(expected)
    expect(await readUpdate(origin, gone, { gitDir })).toMatchObject({ new: { commit: null } })
  }
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

test('nor does it change what is read of a branch that moved far, or of the paths of a new one', async () => {
  await using repository = await createGitRepository()
  const plans = Array.from({ length: 300 }, (_, index) => ({
    parents: index === 0 ? [] : [index - 1],
    files: { [`file-${index}`]: 'x' },
  }))
  const ids = await repository.commit(...plans, { files: { alone: 'x' } })
  const [low = '', middle = '', high = '', orphan = ''] = [0, 150, 299, 300].map((index) => ids[index])
  const moved = { ref: 'refs/heads/main', before: low, after: high }
  const created = { ref: 'refs/heads/new', before: repository.zeroId, after: orphan }
  const detail = { maxCommits: 6, maxChanges: 6, changedPaths: true }
  const read = () => Promise.all([[moved], [created], [moved, created]].map(readOf))
  const readOf = (updates: readonly PushUpdate[]) => readUpdates(repository, updates, { detail })
  const expected = await read()
  await writeFile(join(repository.gitDir, 'info', 'grafts'), `${middle}\n${high}\n${orphan} ${high}\n`)
  expect(await read()).toEqual(expected)
})

test('a pushed replacement does not change what a commit is', async () => {
  await using repository = await createGitRepository()
  const [real = '', fake = ''] = await repository.commit({ message: 'Real\n' }, { message: 'Fake\n' })
  await repository.setRef(`refs/replace/${real}`, fake)
  expect((await readUpdate(repository, { after: real })).new?.commit?.message).toBe('Real\n')
})

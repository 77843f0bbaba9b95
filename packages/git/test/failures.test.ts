import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GitError, type PushUpdate, type ReadPushOptions } from '@posthorn/git'
import { createGitRepository } from '@posthorn/test-kit/git-repository'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { readUpdate, readUpdates } from './read-updates.ts'

const id = 'a'.repeat(40)
const zeros = '0'.repeat(40)
const good: PushUpdate = { ref: 'refs/heads/main', before: zeros, after: id }

const badUpdates: readonly { title: string; update: unknown; field: string }[] = [
  { title: 'no object', update: null, field: 'updates[0]' },
  { title: 'a short ref name', update: { ...good, ref: 'main' }, field: 'updates[0].ref' },
  {
    title: 'a ref name with a line feed',
    update: { ...good, ref: 'refs/heads/a\nb' },
    field: 'updates[0].ref',
  },
  {
    title: 'a ref name with a carriage return',
    update: { ...good, ref: 'refs/heads/a\rb' },
    field: 'updates[0].ref',
  },
  { title: 'a ref name with DEL', update: { ...good, ref: 'refs/heads/a\x7f' }, field: 'updates[0].ref' },
  {
    title: 'a ref name with the control character before a space',
    update: { ...good, ref: 'refs/heads/a\x1f' },
    field: 'updates[0].ref',
  },
  { title: 'an option for an id', update: { ...good, after: '--upload-pack=x' }, field: 'updates[0].after' },
  { title: 'a short id', update: { ...good, after: id.slice(1) }, field: 'updates[0].after' },
  { title: 'capitals in an id', update: { ...good, before: 'A'.repeat(40) }, field: 'updates[0].before' },
  { title: 'a line feed behind an id', update: { ...good, after: `${id}\n` }, field: 'updates[0].after' },
  { title: 'zeros on both sides', update: { ...good, after: zeros }, field: 'updates[0]' },
]

test.for(badUpdates)('an update with $title is refused before any process', async ({ update, field }) => {
  await using git = await createCountedGit()
  await using repository = await createGitRepository()

  const reading = readUpdates(repository, [update as PushUpdate], { git: git.path })

  await expect(reading).rejects.toMatchObject({
    code: 'git.updates-invalid',
    message: expect.stringContaining(`\`${field}\``),
  })
  expect(await git.commands()).toEqual([])
})

test('no string but an object id gets past the check', async () => {
  await using repository = await createGitRepository()
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 70 }), async (after) => {
      fc.pre(!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(after))
      await expect(readUpdates(repository, [{ ...good, after }])).rejects.toThrow(GitError)
    }),
  )
})

test('a directory that is no repository is said to be none', async () => {
  await using repository = await createGitRepository()
  const gitDir = join(repository.gitDir, 'hooks')
  await expect(readUpdate(repository, { after: id }, { gitDir })).rejects.toMatchObject({
    code: 'git.not-a-repository',
    message: expect.stringContaining(gitDir),
  })
})

test('a repository that vanished is said to be gone', async () => {
  const repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  await repository[Symbol.asyncDispose]()
  await expect(readUpdate(repository, { after: only })).rejects.toMatchObject({
    code: 'git.not-a-repository',
  })
})

test('a repository that vanishes half-way is said to be gone', async () => {
  await using repository = await createGitRepository()
  await using other = await createGitRepository()
  const git = join(other.gitDir, 'fake-git')
  await writeFile(git, '#!/bin/sh\nrm -rf "$2"\nwhile read -r name; do echo "$name missing"; done\n')
  await chmod(git, 0o755)
  await expect(readUpdate(repository, { after: id }, { git })).rejects.toMatchObject({
    code: 'git.not-a-repository',
  })
})

test.for(['log', 'cat-file', 'diff-tree'])(
  'a repository that vanishes behind the back of git %s is said to be gone',
  async (command) => {
    await using repository = await createGitRepository()
    await using other = await createGitRepository()
    const ids = await repository.commit(
      ...Array.from({ length: 300 }, (_, index) => ({ parents: index === 0 ? [] : [index - 1] })),
    )
    const git = join(other.gitDir, 'git')
    const remove = `[ "$3" != ${command} ] || rm -rf "$2"`
    await writeFile(git, `#!/bin/sh\n${remove}\nexec git "$@"\n`)
    await chmod(git, 0o755)
    const update = { before: ids[0] ?? '', after: ids[299] ?? '' }
    const twin = { ...update, ref: 'refs/heads/twin' }
    const reading =
      command === 'log'
        ? readUpdate(repository, update, { git })
        : readUpdates(repository, [{ ...update, ref: 'refs/heads/main' }, twin], { git })
    await expect(reading).rejects.toMatchObject({ code: 'git.not-a-repository' })
  },
)

test('a git that is not there fails with the cause', async () => {
  await using repository = await createGitRepository()
  await expect(readUpdate(repository, { after: id }, { git: '/nonexistent/git' })).rejects.toMatchObject({
    name: 'GitError',
    code: 'git.failed',
    exitCode: null,
    cause: { code: 'ENOENT' },
  })
})

const unstartable: readonly { title: string; options: Partial<ReadPushOptions>; cause: string }[] = [
  { title: 'a folder that is none', options: { git: '/dev/null/git' }, cause: 'ENOTDIR' },
  {
    title: 'more variables than a process may have',
    options: { env: { HUGE: 'x'.repeat(4_000_000) } },
    cause: 'E2BIG',
  },
  {
    title: 'a NUL in a variable',
    options: { env: { ODD: 'a\0b' } },
    cause: 'ERR_INVALID_ARG_VALUE',
  },
]

test.for(unstartable)('a git that cannot be started is a GitError: $title', async ({ options, cause }) => {
  await using repository = await createGitRepository()
  const updates = [
    { ...good, after: id },
    { ...good, ref: 'refs/heads/other', after: id },
  ]
  for (const push of [updates, updates.slice(1)])
    await expect(readUpdates(repository, push, options)).rejects.toMatchObject({
      name: 'GitError',
      code: 'git.failed',
      exitCode: null,
      cause: { code: cause },
    })
})

test('a host that has run out of file descriptors outlives the reading of a push, and reads the next one', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const script = join(import.meta.dirname, 'exhausted-host.ts')
  const node = `exec '${process.execPath}' --conditions=@posthorn/source '${script}' "$@"`
  const args = ['-c', `ulimit -n 64; ${node}`, 'sh', repository.gitDir, only]

  const { stdout } = await promisify(execFile)('sh', args)

  const outcomes: unknown = JSON.parse(stdout)
  expect(outcomes).toEqual(['EMFILE', 'EMFILE', 'read'])
})

const scripts = [
  {
    title: 'fails',
    script: 'echo "fatal: broken" >&2; exit 3',
    expected: { code: 'git.failed', exitCode: 3, stderr: 'fatal: broken' },
  },
  { title: 'ends without an answer', script: 'exit 0', expected: { code: 'git.failed' } },
  {
    title: 'prints a line without end',
    script: 'exec head -c 1000000 /dev/zero',
    expected: { code: 'git.output-too-large' },
  },
  {
    title: 'complains without end',
    script: 'yes oops | head -c 1000000 >&2; exit 1',
    expected: { code: 'git.failed', exitCode: 1 },
  },
]

test.for(scripts)('a git that $title is a GitError', async ({ script, expected }) => {
  await using repository = await createGitRepository()
  const git = join(repository.gitDir, 'fake-git')
  await writeFile(git, `#!/bin/sh\n${script}\n`)
  await chmod(git, 0o755)

  const error: unknown = await readUpdate(repository, { after: id }, { git }).catch(
    (reason: unknown) => reason,
  )

  expect(error).toBeInstanceOf(GitError)
  expect(error).toMatchObject(expected)
  expect(error instanceof GitError ? Buffer.byteLength(error.stderr) : 0).toBeLessThanOrEqual(4_096)
})

test('a list with a line that is longer than any is refused', async () => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    ...Array.from({ length: 140 }, (_, index) => ({ parents: index === 0 ? [] : [index - 1] })),
  )
  const git = join(repository.gitDir, 'fake-git')
  const script = 'if [ "$3" = rev-list ]; then head -c 70000000 /dev/zero; exec echo; fi\nexec git "$@"'
  await writeFile(git, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const updates = Array.from({ length: 5 }, (_, index) => ({
    ref: `refs/heads/${index}`,
    before: ids[index] ?? '',
    after: ids[index + 135] ?? '',
  }))
  const detail = { maxCommits: 1, maxChanges: 0 }
  await expect(readUpdates(repository, updates, { git, detail })).rejects.toMatchObject({
    code: 'git.output-too-large',
  })
})

// These two wait, and do so together.
test.concurrent('a git that hangs is killed at the deadline', async ({ expect }) => {
  await using repository = await createGitRepository()
  const git = join(repository.gitDir, 'fake-git')
  await writeFile(git, `#!/bin/sh\necho $$ >'${git}.pid'\nexec sleep 1000\n`)
  await chmod(git, 0o755)

  await expect(readUpdate(repository, { after: id }, { git, timeoutMs: 2_000 })).rejects.toMatchObject({
    code: 'git.failed',
    message: expect.stringContaining('2000 ms'),
  })
  const pid = Number(await readFile(`${git}.pid`, 'utf8'))
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test.concurrent('nobody waits at the deadline for what a git that is a script has started', async ({
  expect,
}) => {
  // It ends with the directory of the repository.
  await using repository = await createGitRepository()
  const git = join(repository.gitDir, 'fake-git')
  await writeFile(git, `#!/bin/sh\nwhile [ -e '${git}' ]; do sleep 0.1; done &\nwait\n`)
  await chmod(git, 0o755)

  await expect(readUpdate(repository, { after: id }, { git, timeoutMs: 1_000 })).rejects.toMatchObject({
    code: 'git.failed',
    message: expect.stringContaining('1000 ms'),
  })
})

test('what is kept in memory has a bound', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({ message: 'x'.repeat(10_000) })
  await expect(readUpdate(repository, { after: only }, { maxBytes: 9_000 })).rejects.toMatchObject({
    code: 'git.output-too-large',
  })
})

test.for([
  { title: 'two branches moved a little', refCount: 2, commitCount: 20 },
  { title: 'many branches moved far', refCount: 5, commitCount: 140 },
])('so has what is kept of merges with many parents: $title', async ({ refCount, commitCount }) => {
  await using repository = await createGitRepository()
  const ids = await repository.commit(
    {},
    ...Array.from({ length: commitCount + refCount }, (_, index) => ({
      parents: [index, ...Array<number>(index < 20 ? 2_000 : 1).fill(0)],
    })),
  )
  const updates = Array.from({ length: refCount }, (_, index) => ({
    ref: `refs/heads/${index}`,
    before: ids[index] ?? '',
    after: ids[commitCount + index] ?? '',
  }))
  const detail = { maxCommits: 1, maxChanges: 0 }
  const reading = readUpdates(repository, updates, { detail, maxBytes: 1_500_000 })
  await expect(reading).rejects.toMatchObject({ code: 'git.output-too-large' })
  const { refUpdates } = await readUpdates(repository, updates, { detail, maxBytes: 20_000_000 })
  expect(refUpdates.map(({ isForced }) => isForced)).toEqual(updates.map(() => false))
})

const badOptions: readonly { options: Partial<ReadPushOptions>; field: string }[] = [
  { options: { timeoutMs: 0 }, field: 'timeoutMs' },
  { options: { timeoutMs: 2 ** 31 }, field: 'timeoutMs' },
  { options: { maxBytes: 1.5 }, field: 'maxBytes' },
  { options: { git: '' }, field: 'git' },
  { options: { gitDir: '' }, field: 'gitDir' },
  { options: { detail: { maxCommits: -1, maxChanges: 0 } }, field: 'detail.maxCommits' },
  { options: { detail: { maxCommits: 1, maxChanges: 0.5 } }, field: 'detail.maxChanges' },
]

test.for(badOptions)('an option out of range is refused: $field', async ({ options, field }) => {
  await using repository = await createGitRepository()
  await expect(readUpdate(repository, { after: id }, options)).rejects.toMatchObject({
    code: 'option.invalid',
    field,
  })
})

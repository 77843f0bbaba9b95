import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGitClient, type GitClient } from '../src/demonstration/git-client.ts'
import { cloneRepository, openWorkingCopy, type WorkingCopy } from '../src/demonstration/working-copy.ts'
import { toHookText } from '../src/server/bare-repository.ts'
import { toGitEnvironment } from '../src/server/git-environment.ts'
import { createGitServer, type GitServer } from '../src/server/git-server.ts'
import { createHookEndpoint, type HookEndpoint } from '../src/server/hook-endpoint.ts'
import type { PushReport } from '../src/server/push-report.ts'
import { writeSpoolFile } from '../src/server/spool-file.ts'
import { createGate } from './gate.ts'

const zeros = '0'.repeat(40)

let folder: string
let spoolFolder: string
let hookEndpoint: HookEndpoint
let server: GitServer
let gitDir: string
let git: GitClient
let copy: WorkingCopy
const pushes: PushReport[] = []
const errors: unknown[] = []
let onPush: (push: PushReport) => Promise<void>
/** Resolves with the next request that is served. */
let nextRequest: PromiseWithResolvers<IncomingMessage>

/** A clone with a commit, which each test gets a copy of: it names no server, so that it fits every one. */
let template: string

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'git-server-template-'))
  await createGitClient(template)(template, 'init', '--quiet', '--bare', '--initial-branch=main', 'origin')
  const made = await cloneRepository(template, join(template, 'origin'))
  await made.commit('README.md', '# Hello\n', 'Say hello')
})

afterAll(() => rm(template, { recursive: true }))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "git server's test "))
  pushes.length = 0
  errors.length = 0
  onPush = async (push) => void pushes.push(push)
  spoolFolder = join(folder, 'spool')
  hookEndpoint = await createHookEndpoint({
    spoolFolder,
    onPush: (push) => onPush(push),
    onError: (error) => errors.push(error),
  })
  const root = join(folder, 'repositories')
  await mkdir(root)
  nextRequest = Promise.withResolvers()
  const toUser = (request: IncomingMessage) => {
    nextRequest.resolve(request)
    return 'demo-user'
  }
  server = await createGitServer({ root, hookEndpoint, toUser })
  gitDir = await server.createRepository('demo/hello')
  git = createGitClient(folder)
  copy = await copyTemplate(`${server.url}/demo/hello.git`)
})

afterEach(async () => {
  await server.close()
  await hookEndpoint.close()
  await rm(folder, { recursive: true })
})

test('a push is reported with its refs, its repository and who pushed', async () => {
  await copy.git('push', 'origin', 'main', 'main:refs/tags/v1.0')

  const after = (await copy.git('rev-parse', 'main')).trim()
  expect(pushes).toEqual([
    {
      pushId: expect.stringMatching(/^\d+-[0-9a-f-]{36}$/),
      repository: 'demo/hello',
      user: 'demo-user',
      updates: [
        { before: zeros, after, ref: 'refs/heads/main' },
        { before: zeros, after, ref: 'refs/tags/v1.0' },
      ],
    },
  ])
  expect(await readdir(spoolFolder)).toEqual([])
})

test('what was pushed can be cloned, also when it is large enough to be sent in chunks', async () => {
  const text = Array.from({ length: 200_000 }, (_, line) => `${line * 7919}\n`).join('')
  await copy.commit('large.txt', text, 'Add a large file')
  await copy.git('-c', 'http.postBuffer=65536', '-c', 'core.compression=0', 'push', 'origin', 'main')

  await git(folder, 'clone', '--quiet', `${server.url}/demo/hello.git`, 'again')
  expect(await readFile(join(folder, 'again', 'large.txt'), 'utf8')).toBe(text)
})

test('a push waits until its event is stored', async () => {
  const order: string[] = []
  const reached = Promise.withResolvers<void>()
  const stored = Promise.withResolvers<void>()
  onPush = () => {
    reached.resolve()
    return stored.promise
  }
  const pushed = copy.git('push', 'origin', 'main').then(() => order.push('pushed'))
  await reached.promise
  // Time enough for a push that does not wait.
  await git(folder, 'clone', '--quiet', `${server.url}/demo/hello.git`, 'again')
  await git(folder, 'clone', '--quiet', `${server.url}/demo/hello.git`, 'and-again')
  order.push('stored')
  stored.resolve()
  await pushed
  expect(order).toEqual(['stored', 'pushed'])
})

test('two pushes to one repository at once are both reported, though neither ends before the other', async () => {
  const both = Promise.withResolvers<void>()
  onPush = (push) => {
    pushes.push(push)
    if (pushes.length === 2) both.resolve()
    return both.promise
  }
  await Promise.all(['one', 'two'].map((name) => copy.git('push', 'origin', `main:${name}`)))
  expect(pushes.map(({ updates }) => String(updates[0]?.ref)).toSorted()).toEqual([
    'refs/heads/one',
    'refs/heads/two',
  ])
  expect(await readdir(spoolFolder)).toEqual([])
})

test('a push succeeds with one line of warning while the hook endpoint is down, and is told of by the next one', async () => {
  await hookEndpoint.close()
  const output = await copy.git('push', 'origin', 'main')

  expect(output.match(/^remote: .*/gm)).toEqual([
    expect.stringContaining('accepted, but webhooks are told of it later: the server cannot be reached'),
  ])
  expect(await git(gitDir, 'rev-parse', 'main')).toBe(await copy.git('rev-parse', 'main'))
  expect(await readdir(spoolFolder)).toHaveLength(1)
  const next = await createHookEndpoint({ spoolFolder, onPush, onError: (error) => errors.push(error) })
  await next.readSpool()
  await next.close()
  expect(pushes).toMatchObject([{ repository: 'demo/hello', updates: [{ ref: 'refs/heads/main' }] }])
  expect(await readdir(spoolFolder)).toEqual([])
})

test('a push succeeds with one line of warning when its event cannot be stored, and is told of again under the same id', async () => {
  const tried: PushReport[] = []
  onPush = (push) => {
    tried.push(push)
    return Promise.reject(new Error('The store is full.'))
  }
  const output = await copy.git('push', 'origin', 'main')

  expect(output.match(/^remote: .*/gm)).toEqual([expect.stringContaining('the server answered 500')])
  expect(output).not.toContain('The store is full.')
  await hookEndpoint.readSpool()
  onPush = async (push) => void pushes.push(push)
  await hookEndpoint.readSpool()
  expect([...tried, ...pushes].map(({ pushId }) => pushId)).toEqual(Array(3).fill(pushes[0]?.pushId))
})

test.for([
  ['is not there', async () => {}],
  ['is a file', () => writeFile(spoolFolder, '')],
] as const)(
  'a push whose spool %s is reported by its lines, and the operator hears why',
  async ([, replace]) => {
    await rm(spoolFolder, { recursive: true })
    await replace()
    // More than a pipe, a line of the shell or a small body holds.
    const long = `${'x'.repeat(200)}/`.repeat(5)
    const names = Array.from({ length: 250 }, (_, index) => `main:refs/heads/${long}${index}`)
    const output = await copy.git('push', 'origin', 'main', ...names)
    expect(output).not.toContain('webhooks')
    expect(pushes).toHaveLength(1)
    expect(pushes[0]?.updates).toHaveLength(251)
    expect(errors[0]).toMatchObject({ message: expect.stringContaining(`could not write to ${spoolFolder}`) })
  },
)

test('a push whose lines can neither be spooled nor sent succeeds with one line of warning', async () => {
  await rm(spoolFolder, { recursive: true })
  await hookEndpoint.close()
  const output = await copy.git('push', 'origin', 'main')
  expect(output.match(/^remote: .*/gm)).toEqual([
    expect.stringContaining('accepted, but webhooks may not be told of it: the server cannot be reached'),
  ])
  expect(pushes).toEqual([])
})

test('a push that is spooled only after the server looked is reported when it looks again', async () => {
  const reported = Promise.withResolvers<PushReport>()
  const other = await createHookEndpoint({
    spoolFolder,
    onPush: async (push) => reported.resolve(push),
    onError: () => undefined,
    lookAgainAfterMs: 5,
  })
  await other.readSpool()
  await hookEndpoint.close()
  await copy.git('push', 'origin', 'main')
  expect(await reported.promise).toMatchObject({ updates: [{ ref: 'refs/heads/main' }] })
  await other.close()
  expect(await readdir(spoolFolder)).toEqual([])
})

test('pushes that are left are told of in their order, past those that cannot be', async () => {
  const update = `${zeros} ${'a'.repeat(40)} refs/heads/`
  const leave = (pushId: string, lines: string) =>
    writeSpoolFile(spoolFolder, pushId, JSON.stringify({ repository: 'demo/hello', user: 'x', lines }))
  const uuid = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001'
  await leave(`1700000000002-${uuid}`, `${update}second\n`)
  await leave(`1700000000001-${uuid}`, `${update}first\n`)
  await leave(`1700000000000-${uuid}`, 'no line of a hook\n')
  await leave(`1700000000004-${uuid}`, '')
  await writeFile(join(spoolFolder, `1700000000003-${uuid}.json.part`), '{ "repos')
  await leave(`1700000000005-${uuid}`, `${update}killed-before-the-rename\n`)
  const whole = join(spoolFolder, `1700000000005-${uuid}.json`)
  await rename(whole, `${whole}.part`)
  await hookEndpoint.readSpool()
  await writeFile(join(spoolFolder, 'other.json'), '{}')
  await hookEndpoint.readSpool()
  expect(pushes.map(({ updates }) => updates[0]?.ref)).toEqual([
    'refs/heads/first',
    'refs/heads/second',
    'refs/heads/killed-before-the-rename',
  ])
  expect((await readdir(spoolFolder)).toSorted()).toEqual([
    `1700000000000-${uuid}.json`,
    `1700000000003-${uuid}.json.part`,
    `1700000000004-${uuid}.json`,
    'other.json',
  ])
  // Once each, though it was looked for them twice.
  expect(errors.map(String)).toEqual([
    expect.stringContaining(`1700000000000-${uuid}`),
    expect.stringContaining(`1700000000003-${uuid}`),
    expect.stringContaining(`1700000000004-${uuid}`),
    expect.stringContaining('other'),
  ])
})

test.for([
  ['nothing', 0],
  ['more than a pipe holds', 300_000],
] as const)(
  'a push is reported though its client hangs up, and its hook then prints %s',
  async ([, byteCount]) => {
    const gate = await createGate()
    await writePreReceive(`fetch("${gate.url}").then(() => process.stderr.write("x".repeat(${byteCount})))`)
    nextRequest = Promise.withResolvers()
    const client = spawn('git', ['push', 'origin', 'main'], {
      cwd: join(folder, 'clone'),
      env: toGitEnvironment(folder),
      // A process group of its own: the connection belongs to a child of `git push`.
      detached: true,
    })
    const closed = once(client, 'close')
    await gate.reached
    const hungUp = toHangUp(await nextRequest.promise)
    process.kill(-(client.pid ?? Number.NaN), 'SIGKILL')
    await Promise.all([closed, hungUp])
    await gate.open()

    await server.close()
    expect(pushes).toMatchObject([{ updates: [{ ref: 'refs/heads/main' }] }])
  },
)

test.for([
  ['a length', 'content-length: 500', '00a0'],
  ['chunks', 'transfer-encoding: chunked', '4\r\n00a0\r\n'],
] as const)('a push with %s that breaks off ends, and moves nothing', async ([, header, body]) => {
  await post(header, body)
  await server.close()
  expect(pushes).toEqual([])
  expect(await git(gitDir, 'for-each-ref')).toBe('')
})

test.for([
  ['a length', (body: string) => ['content-length: 500', body]],
  ['chunks', (body: string) => ['transfer-encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n`]],
] as const)(
  'a push with %s that Git has read whole is reported though its request breaks off',
  async ([, toRequest]) => {
    await copy.git('push', 'origin', 'main', 'main:other')
    const before = (await copy.git('rev-parse', 'main')).trim()
    const gate = await createGate()
    await writePreReceive(`fetch("${gate.url}")`)
    // A deletion has no pack: Git begins after the flush packet.
    const command = `${before} ${zeros} refs/heads/other\0report-status`
    const [header = '', body = ''] = toRequest(
      `${(command.length + 4).toString(16).padStart(4, '0')}${command}0000`,
    )
    await post(header, body, gate.reached)
    await gate.open()

    await server.close()
    expect(pushes[1]?.updates).toEqual([{ before, after: zeros, ref: 'refs/heads/other' }])
  },
)

test('the hook runs whatever its paths are made of', async () => {
  const script = join(folder, `it's "$HOME" \`id\` ;.mjs`)
  await writeFile(script, 'console.log("ran")')
  const hook = join(folder, 'hook')
  await writeFile(hook, toHookText(process.execPath, script), { mode: 0o755 })
  expect((await promisify(execFile)(hook)).stdout).toBe('ran\n')
})

/** @param url what is pushed to */
async function copyTemplate(url: string): Promise<WorkingCopy> {
  const clone = join(folder, 'clone')
  await cp(join(template, 'clone'), clone, { recursive: true })
  const config = join(clone, '.git', 'config')
  await writeFile(config, (await readFile(config, 'utf8')).replace(join(template, 'origin'), url))
  return openWorkingCopy(folder)
}

/** Makes the `pre-receive` hook, which runs before the refs move, of a script for Node. */
async function writePreReceive(script: string): Promise<void> {
  const hook = `#!/bin/sh\nexec '${process.execPath}' -e '${script}'\n`
  await writeFile(join(gitDir, 'hooks', 'pre-receive'), hook, { mode: 0o755 })
}

/** Starts a push with this body and hangs up; resolves when the server knows. */
async function post(header: string, body: string, until?: Promise<void>): Promise<void> {
  nextRequest = Promise.withResolvers()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(`POST /demo/hello.git/git-receive-pack HTTP/1.1\r\nhost: localhost\r\n${header}\r\n`)
  socket.write(`content-type: application/x-git-receive-pack-request\r\n\r\n${body}`)
  const hungUp = toHangUp(await nextRequest.promise)
  await until
  socket.destroy()
  await hungUp
}

/** Not `once`, which would reject if the connection is reset. */
function toHangUp({ socket }: IncomingMessage): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cloneRepository, type WorkingCopy } from '../src/demonstration/working-copy.ts'
import { createGate, type Gate } from './gate.ts'

/** Serves in a process of its own: prints its address, then every ref pushed. */
const script = `
  import { flushCompileCache } from 'node:module'
  import { createGitServer } from ${toSource('server/git-server.ts')}
  import { createHookEndpoint } from ${toSource('server/hook-endpoint.ts')}
  const onPush = async ({ updates }) => updates.forEach(({ ref }) => console.log(ref))
  const hookEndpoint = await createHookEndpoint({ spoolFolder: process.env.ROOT + '/spool', onPush, onError: console.error })
  const server = await createGitServer({ root: process.env.ROOT, hookEndpoint, toUser: () => 'demo-user' })
  process.once('SIGTERM', () => process.exit())
  process.once('SIGUSR2', () => setImmediate(() => { throw new Error('A bug of the host.') }))
  process.once('SIGINT', () => {
    console.log('closing')
    void server.close().then(() => hookEndpoint.close())
  })
  await server.createRepository('demo/hello')
  console.log(server.url)
  // A process that is killed leaves nothing for the next one otherwise.
  flushCompileCache()
`

const { PATH = '', NODE_COMPILE_CACHE } = process.env

let folder: string
/** Where the server looks first for its programs. */
let binaries: string
let gate: Gate
let server: ChildProcess
/** Resolves when the process and all that it started have ended, because they all hold its standard error. */
let ended: Promise<unknown>
let readLine: () => Promise<string>
let url: string
let copy: WorkingCopy

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-server-process-'))
  gate = await createGate()
  const root = join(folder, 'repositories')
  await mkdir(root)
  binaries = join(folder, 'binaries')
  await mkdir(binaries)
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: `${binaries}:${PATH}`, NODE_COMPILE_CACHE, ROOT: root },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a terminal gives it.
    detached: true,
  })
  child.stderr.resume()
  server = child
  ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  readLine = async () => String((await lines.next()).value)
  url = await readLine()
  copy = await cloneRepository(folder, `${url}/demo/hello.git`)
  await copy.commit('README.md', '# Hello\n', 'Say hello')
  await copy.git('push', 'origin', 'main:other')
  await readLine()
  const hook = `#!/bin/sh\nexec '${process.execPath}' -e 'fetch("${gate.url}")'\n`
  await writeFile(join(root, 'demo', 'hello.git', 'hooks', 'pre-receive'), hook, { mode: 0o755 })
})

afterEach(async () => {
  server.kill('SIGKILL')
  await gate.open()
  await ended
  await rm(folder, { recursive: true })
})

test('a push whose request had not ended when the server was killed ends by itself', async () => {
  const before = (await copy.git('rev-parse', 'main')).trim()
  // A deletion has no pack: Git begins after the flush packet, and the hook tells that it runs.
  const command = `${before} ${'0'.repeat(40)} refs/heads/other\0report-status`
  const body = `${(command.length + 4).toString(16).padStart(4, '0')}${command}0000`
  const socket = connect(Number(new URL(url).port), '127.0.0.1').once('error', () => undefined)
  socket.write('POST /demo/hello.git/git-receive-pack HTTP/1.1\r\nhost: localhost\r\ncontent-length: 500\r\n')
  socket.write(`content-type: application/x-git-receive-pack-request\r\n\r\n${body}`)
  await gate.reached
  server.kill('SIGKILL')
  await gate.open()
  await ended
  socket.destroy()
})

test.for(['SIGKILL', 'SIGTERM', 'SIGUSR2'] as const)(
  'a push that Git has read whole is spooled though the server ends before the refs move: %s',
  async (signal) => {
    const pushed = copy.git('push', 'origin', 'main')
    await gate.reached
    server.kill(signal)
    await expect(pushed).rejects.toThrow('Command failed')
    await gate.open()
    await ended

    const spoolFolder = join(folder, 'repositories', 'spool')
    const [name = '', ...others] = await readdir(spoolFolder)
    expect(others).toEqual([])
    expect(await readFile(join(spoolFolder, name), 'utf8')).toContain(' refs/heads/main\\n')
  },
)

test('an exit of the server ends a clone that hangs', async () => {
  const script = `#!/bin/sh\nPATH='${PATH}'\n[ "$1" = http-backend ] || exec git "$@"\n`
  const hang = `exec '${process.execPath}' -e 'fetch("${gate.url}")'\n`
  await writeFile(join(binaries, 'git'), script + hang, { mode: 0o755 })
  const cloned = copy.git('fetch')
  await gate.reached
  server.kill('SIGTERM')
  await expect(cloned).rejects.toThrow('Command failed')
  await ended
})

test('a server that closes on Ctrl+C lets a push come to its end', async () => {
  const pushed = copy.git('push', 'origin', 'main')
  await gate.reached
  process.kill(-(server.pid ?? Number.NaN), 'SIGINT')
  expect(await readLine()).toBe('closing')
  await gate.open()

  expect(await pushed).toContain('[new branch]')
  expect(await readLine()).toBe('refs/heads/main')
  await ended
})

function toSource(path: string): string {
  return JSON.stringify(new URL(`../src/${path}`, import.meta.url).href)
}

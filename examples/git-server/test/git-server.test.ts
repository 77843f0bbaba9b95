import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGitClient, type GitClient } from '../src/demonstration/git-client.ts'
import { cloneRepository, type WorkingCopy } from '../src/demonstration/working-copy.ts'
import { toHookText } from '../src/server/bare-repository.ts'
import { toGitEnvironment } from '../src/server/git-environment.ts'
import { createGitServer, type GitServer } from '../src/server/git-server.ts'
import { createHookEndpoint, type HookEndpoint } from '../src/server/hook-endpoint.ts'
import type { PushReport } from '../src/server/push-report.ts'

const zeros = '0'.repeat(40)

let folder: string
let hookEndpoint: HookEndpoint
let server: GitServer
let gitDir: string
let git: GitClient
let copy: WorkingCopy
const pushes: PushReport[] = []
let onPush: (push: PushReport) => Promise<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "git server's test "))
  pushes.length = 0
  onPush = async (push) => void pushes.push(push)
  hookEndpoint = await createHookEndpoint({ onPush: (push) => onPush(push), onError: () => undefined })
  const root = join(folder, 'repositories')
  await mkdir(root)
  server = await createGitServer({ root, hookEndpoint, toUser: () => 'demo-user' })
  gitDir = await server.createRepository('demo/hello')
  git = createGitClient(folder)
  copy = await cloneRepository(folder, `${server.url}/demo/hello.git`)
  await copy.commit('README.md', '# Hello\n', 'Say hello')
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
      repository: 'demo/hello',
      user: 'demo-user',
      updates: [
        { before: zeros, after, ref: 'refs/heads/main' },
        { before: zeros, after, ref: 'refs/tags/v1.0' },
      ],
    },
  ])
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

test('a push succeeds with one line of warning while the hook endpoint is down', async () => {
  await hookEndpoint.close()
  const output = await copy.git('push', 'origin', 'main')

  expect(output.match(/^remote: .*/gm)).toEqual([
    expect.stringContaining('accepted, but no webhook is told of it: the server cannot be reached'),
  ])
  expect(await git(gitDir, 'rev-parse', 'main')).toBe(await copy.git('rev-parse', 'main'))
})

test('a push succeeds with one line of warning when its event cannot be stored', async () => {
  onPush = () => Promise.reject(new Error('The store is full.'))
  const output = await copy.git('push', 'origin', 'main')

  expect(output.match(/^remote: .*/gm)).toEqual([expect.stringContaining('the server answered 500')])
  expect(output).not.toContain('The store is full.')
})

test('a push is reported even if its client hangs up before the refs have moved', async () => {
  const gate = await createGate()
  const hook = `#!/bin/sh\nexec '${process.execPath}' -e 'fetch("${gate.url}")'\n`
  await writeFile(join(gitDir, 'hooks', 'pre-receive'), hook, { mode: 0o755 })
  const reported = new Promise<PushReport>((resolve) => {
    onPush = async (push) => resolve(push)
  })
  const client = spawn('git', ['push', 'origin', 'main'], {
    cwd: join(folder, 'clone'),
    env: toGitEnvironment(folder),
    // A process group of its own: the connection belongs to a child of `git push`.
    detached: true,
  })
  await gate.reached
  process.kill(-(client.pid ?? Number.NaN), 'SIGKILL')
  await once(client, 'close')
  await gate.open()

  expect(await reported).toMatchObject({ updates: [{ ref: 'refs/heads/main' }] })
})

test('the hook endpoint refuses whoever does not have its token', async () => {
  const { GIT_SERVER_HOOK_URL: url = '' } = hookEndpoint.environment
  const body = JSON.stringify({ repository: 'demo/hello', user: 'demo-user', lines: '' })
  const answer = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer guess' }, body })
  expect(answer.status).toBe(401)
  expect(pushes).toEqual([])
})

test.for([
  '/demo/../demo/hello.git/info/refs?service=git-upload-pack',
  '/../repositories/demo/hello.git/info/refs?service=git-upload-pack',
  '/demo/%2e%2e/demo/hello.git/info/refs?service=git-upload-pack',
  '/demo%2fhello.git/info/refs?service=git-upload-pack',
  '//demo/hello.git/info/refs?service=git-upload-pack',
  '/demo/hello.git/../hello.git/info/refs?service=git-upload-pack',
  '/demo/outside.git/info/refs?service=git-upload-pack',
  '/demo/hello.git/config',
  '/demo/hello.git/HEAD',
  '/demo/hello.git/objects/info/packs',
  '/demo/hello/info/refs?service=git-upload-pack',
])('the path %s is refused', async (path) => {
  await git(folder, 'init', '--quiet', '--bare', join(folder, 'repositories', 'demo', 'outside.git'))
  expect(await readStatus(path)).toBe(404)
  expect(await readStatus('/demo/hello.git/info/refs?service=git-upload-pack')).toBe(200)
})

test('the hook runs whatever its paths are made of', async () => {
  const script = join(folder, `it's "$HOME" \`id\` ;.mjs`)
  await writeFile(script, 'console.log("ran")')
  const hook = join(folder, 'hook')
  await writeFile(hook, toHookText(process.execPath, script), { mode: 0o755 })
  expect((await promisify(execFile)(hook)).stdout).toBe('ran\n')
})

/** A server whose one answer waits until it is let go. */
async function createGate() {
  const opened = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const gate = createServer((_request, response) => {
    reached.resolve()
    void opened.promise.then(() => response.end())
  })
  await once(gate.listen(0, '127.0.0.1'), 'listening')
  const address = gate.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    reached: reached.promise,
    open: async () => {
      opened.resolve()
      gate.close()
      await once(gate, 'close')
    },
  }
}

/** Asks with the path as it is; `fetch` would clean it first. */
async function readStatus(path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    get({ hostname, port, path }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).once('error', reject)
  })
}

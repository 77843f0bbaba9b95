import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createGitClient } from '../src/demonstration/git-client.ts'
import { createGitServer, type GitServer } from '../src/server/git-server.ts'
import { createHookEndpoint, type HookEndpoint } from '../src/server/hook-endpoint.ts'
import type { PushReport } from '../src/server/push-report.ts'
import { writeSpoolFile } from '../src/server/spool-file.ts'

let folder: string
let spoolFolder: string
let hookEndpoint: HookEndpoint
let server: GitServer
const pushes: PushReport[] = []

// One for all: no request of these tests changes anything.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-server-paths-'))
  spoolFolder = join(folder, 'spool')
  const onPush = async (push: PushReport) => void pushes.push(push)
  hookEndpoint = await createHookEndpoint({ spoolFolder, onPush, onError: () => undefined })
  const root = join(folder, 'repositories')
  await mkdir(root)
  server = await createGitServer({ root, hookEndpoint, toUser: () => 'demo-user' })
  await server.createRepository('demo/hello')
  // There, but not of the server.
  const git = createGitClient(folder)
  await git(folder, 'init', '--quiet', '--bare', join(root, 'demo', 'outside.git'))
})

afterEach(() => {
  pushes.length = 0
})

afterAll(async () => {
  await server.close()
  await hookEndpoint.close()
  await rm(folder, { recursive: true })
})

test('the hook endpoint refuses whoever does not have its token', async () => {
  const { GIT_SERVER_HOOK_URL: url = '' } = hookEndpoint.environment
  const pushId = '1700000000000-0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001'
  const report = { repository: 'demo/hello', user: 'demo-user', lines: '' }
  await writeSpoolFile(spoolFolder, pushId, JSON.stringify(report))
  const headers = { authorization: 'Bearer guess' }
  const answer = await fetch(url, { method: 'POST', headers, body: pushId })
  expect(answer.status).toBe(401)
  expect(pushes).toEqual([])
})

test.for(['../host', '1-../../x', '', `${'1'.repeat(2_000)}`])(
  'the hook endpoint reads no file but those of the spool: %j',
  async (body) => {
    const { GIT_SERVER_HOOK_URL: url = '', GIT_SERVER_HOOK_TOKEN: token = '' } = hookEndpoint.environment
    const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })
    expect(answer.status).toBe(500)
    expect(pushes).toEqual([])
  },
)

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
  expect(await readStatus(path)).toBe(404)
  expect(await readStatus('/demo/hello.git/info/refs?service=git-upload-pack')).toBe(200)
})

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

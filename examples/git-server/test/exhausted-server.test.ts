import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { expect, test } from 'vitest'

const script = `
  import { createGitServer } from ${toSource('server/git-server.ts')}
  import { createHookEndpoint } from ${toSource('server/hook-endpoint.ts')}
  const root = process.env.ROOT
  const hookEndpoint = await createHookEndpoint({ spoolFolder: root + '/spool', onPush: async () => {}, onError: console.error })
  const server = await createGitServer({ root, hookEndpoint, toUser: () => 'demo-user' })
  await server.createRepository('demo/hello')
  console.log(server.url)
`

const { PATH, NODE_COMPILE_CACHE } = process.env

const push = [
  'POST /demo/hello.git/git-receive-pack HTTP/1.1',
  'host: localhost',
  'content-type: application/x-git-receive-pack-request',
  'content-length: 500',
  '',
  '00',
].join('\r\n')

test('a server that has run out of file descriptors says so, and serves on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'git-server-exhausted-'))
  const child = spawn(
    'sh',
    ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, '--input-type=module', '--eval', script],
    { env: { PATH, NODE_COMPILE_CACHE, ROOT: folder }, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const url = String((await lines.next()).value)
  const clients: Socket[] = []
  const refused = Array.from({ length: 60 }, async () => {
    const client = connect(Number(new URL(url).port), '127.0.0.1')
    clients.push(client)
    client.write(push)
    const [answer] = (await once(client, 'data')) as readonly unknown[]
    if (String(answer).startsWith('HTTP/1.1 503')) return
    throw new Error(`Expected a refusal, got ${String(answer)}`)
  })
  await Promise.any(refused)
  for (const client of clients) client.on('error', () => undefined).destroy()

  // Until what was begun has ended, it may still be short of them.
  const ask = (): Promise<number> =>
    fetch(`${url}/demo/hello.git/info/refs?service=git-upload-pack`).then(
      ({ status }) => status,
      () => 503,
    )
  let status = await ask()
  while (status === 503 && child.exitCode === null) status = await ask()
  expect(status).toBe(200)

  child.kill('SIGKILL')
  await ended
  await rm(folder, { recursive: true })
})

function toSource(path: string): string {
  return JSON.stringify(new URL(`../src/${path}`, import.meta.url).href)
}

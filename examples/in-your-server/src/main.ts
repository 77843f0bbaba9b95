import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from './your-database.ts'

/**
 * Runs the server of the README in an empty folder, pushes to its repository with the real git, and ends it with SIGTERM. Were anything
 * left open, this process would not end. Before, while the server is down, it pushes with each kind of `package.json` above the
 * repository, of which Node makes the hook a module of one kind or the other: it says each time that nobody is told.
 */
const folder = mkdtempSync(join(tmpdir(), 'posthorn-in-your-server-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
process.chdir(folder)

// The hook asks for `node`, which must be the one that runs this.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` }
const git = (...args: readonly string[]) =>
  promisify(execFile)('git', ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', ...args], { env })

await git('init', '--quiet', '--bare', 'hello.git')
const hook = join('hello.git', 'hooks', 'post-receive')
copyFileSync(join(import.meta.dirname, 'post-receive.ts'), hook)
chmodSync(hook, 0o755)

await git('init', '--quiet', 'copy')
async function push(): Promise<string> {
  await git('-C', 'copy', 'commit', '--quiet', '--allow-empty', '--message', 'Another')
  const { stderr } = await git('-C', 'copy', 'push', '--quiet', '../hello.git', 'HEAD:refs/heads/main')
  return stderr.trimEnd()
}

for (const content of ['{ "type": "module" }', '{ "type": "commonjs" }', '{}']) {
  writeFileSync('package.json', content)
  assert.equal(await push(), 'remote: webhooks: nobody is told of this push: fetch failed', content)
}

const { emitter } = await import('./server.ts')
const receiver = createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
await once(receiver, 'listening')
const address = receiver.address()
assert(typeof address === 'object' && address !== null)
await emitter.subscriptions.create({
  subject: { type: 'repository', id: repository.uuid },
  url: `http://127.0.0.1:${address.port}/hook`,
})

const delivered = once(receiver, 'request')
assert.equal(await push(), '')
const [request]: IncomingMessage[] = await delivered
assert.equal(request?.headers['x-event-key'], 'repo:push')

receiver.close()
process.once('exit', () => console.log('The push arrived, and the server has stopped.'))
process.kill(process.pid, 'SIGTERM')

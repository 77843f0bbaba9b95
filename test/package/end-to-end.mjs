// Runs in a folder where nothing but the packed tarballs is installed: a real push, read by git, delivered over HTTP.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { emitPush } from '@posthorn/git'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter, toUuid } from 'posthorn'

assert.equal(process.version, process.argv[2])

const received = []
async function receive(request, response) {
  received.push({ headers: request.headers, body: await buffer(request) })
  response.end()
}
const receiver = createServer((request, response) => void receive(request, response)).listen(0, '127.0.0.1')
await once(receiver, 'listening')
const url = `http://127.0.0.1:${receiver.address().port}/hook?token=a%20b`

const gitDir = mkdtempSync(join(tmpdir(), 'posthorn-push-'))
const git = (...args) =>
  execFileSync('git', ['--git-dir', gitDir, ...args], { encoding: 'utf8', input: '' }).trim()
git('init', '--quiet', '--bare')
const identity = ['-c', 'user.name=Example', '-c', 'user.email=user@example.com']
const after = git(...identity, 'commit-tree', '-m', 'First', git('mktree'))
git('update-ref', 'refs/heads/main', after)

const site = { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' }
const uuid = toUuid(site.htmlUrl, 'repository', 1)
const actor = { uuid, id: 1, name: 'demo', displayName: 'Demo' }
const workspace = { uuid, slug: 'demo', name: 'Demo' }
const project = { uuid, id: 1, key: 'DEMO', name: 'Demo' }
const repository = {
  uuid,
  id: 1,
  slug: 'hello',
  name: 'hello',
  isPrivate: false,
  owner: actor,
  workspace,
  project,
}

const updates = [{ ref: 'refs/heads/main', before: '0'.repeat(after.length), after }]
const addresses = { allow: ['127.0.0.0/8'] }

/** Pushes to two subscriptions, and gives what arrived. */
async function deliver(emitter) {
  const subject = { type: 'repository', id: uuid }
  await emitter.subscriptions.create({ subject, url, secret: 'a secret' })
  await emitter.subscriptions.create({ subject, url, dialect: 'bitbucket-server-post-receive' })
  const receipt = await emitPush(emitter, { gitDir, updates, repository, actor })
  assert.equal(receipt.deliveries.length, 2)
  await emitter.idle()
  await emitter.stop()
  return received.splice(0)
}

function check(requests) {
  assert.equal(requests.length, 2)
  const cloud = requests.find(({ headers }) => headers['x-event-key'] === 'repo:push')
  const server = requests.find(({ headers }) => headers['x-event-key'] === undefined)
  const signature = createHmac('sha256', 'a secret').update(cloud.body).digest('hex')
  assert.equal(cloud.headers['x-hub-signature'], `sha256=${signature}`)
  assert.equal(JSON.parse(cloud.body).push.changes[0].new.target.hash, after)
  assert.equal(JSON.parse(server.body).refChanges[0].toHash, after)
}

check(await deliver(await createEmitter({ site, addresses })))

const store = createSqliteStore({ location: join(gitDir, 'posthorn.db') })
check(await deliver(await createEmitter({ site, addresses, store })))
await store.backup(join(gitDir, 'copy.db'))
const copy = createSqliteStore({ location: join(gitDir, 'copy.db') })
const restored = await createEmitter({ site, addresses, store: copy })
assert.equal((await restored.deliveries.list()).deliveries.length, 2)
await restored.stop()

receiver.close()
rmSync(gitDir, { recursive: true, force: true })
console.log(`The packed packages deliver on ${process.version}.`)

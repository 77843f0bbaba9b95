import { emitPush, readPush } from '@posthorn/git'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { createEmitter, type Emitter } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { actor, addresses, repository, site, subject } from '../sample-push.ts'

let emitter: Emitter
let receiver: Receiver
let git: GitRepository

beforeEach(async () => {
  git = await createGitRepository()
  receiver = await createReceiver()
  emitter = await createEmitter({ site, addresses })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}cloud` })
  await emitter.subscriptions.create({
    subject,
    url: `${receiver.url}server`,
    dialect: 'bitbucket-server-post-receive',
  })
})

afterEach(async () => {
  await emitter.stop()
  await receiver.close()
  await git[Symbol.asyncDispose]()
})

/** Emits a push of one ref and gives the two bodies that arrive. */
async function push(ref: string, before: string, after: string) {
  const { gitDir } = git
  const seen = receiver.requests.length
  await emitPush(emitter, { gitDir, updates: [{ ref, before, after }], repository, actor })
  const requests = (await receiver.waitForRequests(seen + 2)).slice(seen)
  await emitter.idle()
  const bodyOf = (path: string) => JSON.parse(String(requests.find((request) => request.path === path)?.body))
  return { cloud: bodyOf('/cloud').push.changes, server: bodyOf('/server') }
}

test('a branch that is created, moved, forced and deleted arrives as such in both dialects', async () => {
  const [first = '', second = '', other = ''] = await git.commit(
    { files: { 'README.md': 'one\n' }, message: 'First\n' },
    { parents: [0], files: { 'src/main.ts': 'two\n' }, message: 'Second\n' },
    { parents: [0], files: { 'src/other.ts': 'three\n' }, message: 'Other\n' },
  )
  const ref = 'refs/heads/main'

  await git.setRef(ref, first)
  const created = await push(ref, git.zeroId, first)
  expect(created.cloud).toMatchObject([
    { old: null, new: { name: 'main', target: { hash: first } }, created: true, commits: [{ hash: first }] },
  ])
  expect(created.server).toMatchObject({
    refChanges: [{ refId: ref, fromHash: git.zeroId, toHash: first, type: 'ADD' }],
    changesets: { size: 1, values: [{ toCommit: { id: first }, changes: { values: [{ type: 'ADD' }] } }] },
  })

  await git.setRef(ref, second)
  const moved = await push(ref, first, second)
  expect(moved.cloud).toMatchObject([
    {
      old: { target: { hash: first } },
      new: { target: { hash: second } },
      forced: false,
      commits: [{ hash: second }],
    },
  ])
  expect(moved.server.changesets.values[0].changes.values[0].path.toString).toBe('src/main.ts')

  await git.setRef(ref, other)
  const forced = await push(ref, second, other)
  expect(forced.cloud).toMatchObject([{ forced: true, commits: [{ hash: other }, { hash: first }] }])
  expect(forced.cloud[0].links).not.toHaveProperty('diff')
  expect(forced.server).toMatchObject({ refChanges: [{ type: 'UPDATE' }], changesets: { size: 1 } })

  await git.git(['update-ref', '-d', ref])
  const deleted = await push(ref, other, git.zeroId)
  expect(deleted.cloud).toMatchObject([{ old: { target: { hash: other } }, new: null, closed: true }])
  expect(deleted.cloud[0]).not.toHaveProperty('commits')
  expect(deleted.server).toMatchObject({
    refChanges: [{ type: 'DELETE' }],
    changesets: { size: 0, values: [] },
  })
})

test('tags of both kinds arrive with the commit they lead to', async () => {
  const [commit = ''] = await git.commit({ files: { a: '1' } })
  const annotation = await git.annotate({ name: 'v2', target: commit, message: 'Two\n' })
  await git.setRef('refs/tags/v1', commit)
  await git.setRef('refs/tags/v2', annotation)

  const lightweight = await push('refs/tags/v1', git.zeroId, commit)
  expect(lightweight.cloud).toMatchObject([{ new: { type: 'tag', message: null, target: { hash: commit } } }])
  expect(lightweight.cloud[0]).not.toHaveProperty('commits')

  const annotated = await push('refs/tags/v2', git.zeroId, annotation)
  expect(annotated.cloud).toMatchObject([{ new: { message: 'Two\n', tagger: {}, target: { hash: commit } } }])
  expect(annotated.server).toMatchObject({ refChanges: [{ toHash: annotation }] })
})

test('more than five commits are shown as five and said to be truncated', async () => {
  const plans = Array.from({ length: 7 }, (_, index) => (index === 0 ? {} : { parents: [index - 1] }))
  const ids = await git.commit(...plans)
  const head = ids.at(-1) ?? ''
  await git.setRef('refs/heads/main', head)
  const { cloud, server } = await push('refs/heads/main', git.zeroId, head)
  expect(cloud[0].truncated).toBe(true)
  expect(cloud[0].commits.map(({ hash }: { hash: string }) => hash)).toEqual(ids.toReversed().slice(0, 5))
  expect(server.changesets).toMatchObject({ size: 7, isLastPage: true })
})

test('a push that nobody hears starts no git and stores nothing', async () => {
  await emitter.subscriptions.deleteAll({ type: 'repository', id: repository.uuid })
  const updates = [{ ref: 'refs/heads/main', before: git.zeroId, after: 'a'.repeat(40) }]
  const receipt = await emitPush(emitter, { gitDir: '/nowhere', updates, repository, actor })
  expect(receipt).toMatchObject({ repeated: false, committed: true, deliveries: [], skipped: [] })
  expect(await emitter.stats()).toMatchObject({ pendingCount: 0, bodyBytes: 0 })
})

test('the same push told twice with its id is delivered once', async () => {
  const [commit = ''] = await git.commit({})
  await git.setRef('refs/heads/main', commit)
  const updates = [{ ref: 'refs/heads/main', before: git.zeroId, after: commit }]
  const options = { gitDir: git.gitDir, updates, repository, actor, pushId: 'push-1' }
  const first = await emitPush(emitter, options)
  const second = await emitPush(emitter, options)
  await emitter.idle()
  expect(second).toEqual({ ...first, repeated: true })
  expect(receiver.requests).toHaveLength(2)
})

test('what an emitter is interested in is how deep a push is read', async () => {
  const [only = ''] = await git.commit({ files: { 'README.md': 'one\n' }, message: 'First\n' })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}off`, active: false })
  const detail = await emitter.interest(repository, 'repo:push')
  expect(detail).toMatchObject({ any: true, skipped: [{ reason: 'inactive' }] })
  const updates = [{ ref: 'refs/heads/main', before: git.zeroId, after: only }]
  const event = await readPush({ gitDir: git.gitDir, updates, repository, actor, detail })
  expect(event.refUpdates[0]?.commits.values).toMatchObject([
    { hash: only, changes: { values: [{ kind: 'add', path: 'README.md' }] } },
  ])
})

import { emitPush, readPush } from '@posthorn/git'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { createEmitter, type Emitter, type SubscriptionFilter } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { actor, addresses, repository, site, subject } from '../sample-push.ts'

let emitter: Emitter
let receiver: Receiver
let git: GitRepository

beforeEach(async () => {
  git = await createGitRepository()
  receiver = await createReceiver()
  emitter = await createEmitter({ site, addresses })
})

afterEach(async () => {
  await emitter.stop()
  await receiver.close()
  await git[Symbol.asyncDispose]()
})

/** A subscription for each filter, at a path of its own in both dialects. */
async function subscribe(filters: Readonly<Record<string, SubscriptionFilter>>): Promise<void> {
  for (const [name, filter] of Object.entries(filters)) {
    await emitter.subscriptions.create({ subject, url: `${receiver.url}${name}`, filter })
  }
}

/** Emits a push and gives the paths of the receivers that heard it. */
async function hearersOf(...updates: readonly { ref: string; before: string; after: string }[]) {
  const seen = receiver.requests.length
  await emitPush(emitter, { gitDir: git.gitDir, updates, repository, actor })
  await emitter.idle()
  return receiver.requests
    .slice(seen)
    .map(({ path }) => path.slice(1))
    .toSorted()
}

test('branches, tags and actions of real pushes are heard by whom they concern', async () => {
  await subscribe({
    main: { branches: ['main'] },
    'not-main': { branches: ['!main'] },
    tags: { tags: ['v*', '!*-rc*'] },
    both: { branches: ['release/**'], tags: ['**'] },
    updated: { actions: ['updated'] },
    forced: { actions: ['forced'] },
    ended: { actions: ['deleted'], branches: ['**'] },
  })
  const [first = '', second = '', other = ''] = await git.commit(
    { files: { a: '1' } },
    { parents: [0], files: { a: '2' } },
    { parents: [0], files: { a: '3' } },
  )
  const { zeroId } = git
  const main = 'refs/heads/main'
  const point = async (ref: string, id: string) => {
    await git.setRef(ref, id)
    return ref
  }

  await point(main, first)
  expect(await hearersOf({ ref: main, before: zeroId, after: first })).toEqual(['main'])
  await point(main, second)
  expect(await hearersOf({ ref: main, before: first, after: second })).toEqual(['main', 'updated'])
  await point(main, other)
  expect(await hearersOf({ ref: main, before: second, after: other })).toEqual(['forced', 'main', 'updated'])
  const release = await point('refs/heads/release/2026/1', first)
  expect(await hearersOf({ ref: release, before: zeroId, after: first })).toEqual(['both', 'not-main'])
  await git.git(['update-ref', '-d', release])
  expect(await hearersOf({ ref: release, before: first, after: zeroId })).toEqual([
    'both',
    'ended',
    'not-main',
  ])
  const tag = await point('refs/tags/v1', await git.annotate({ name: 'v1', target: first }))
  expect(await hearersOf({ ref: tag, before: zeroId, after: first })).toEqual(['both', 'tags'])
  const candidate = await point('refs/tags/v2-rc1', first)
  expect(await hearersOf({ ref: candidate, before: zeroId, after: first })).toEqual(['both'])
  const note = await point('refs/notes/commits', first)
  expect(await hearersOf({ ref: note, before: zeroId, after: first })).toEqual([])
})

test('one ref that passes brings the whole push, in both dialects', async () => {
  await subscribe({ cloud: { branches: ['dev'] } })
  await emitter.subscriptions.create({
    subject,
    url: `${receiver.url}server`,
    dialect: 'bitbucket-server-post-receive',
    filter: { tags: ['v1'] },
  })
  const [commit = ''] = await git.commit({ files: { a: '1' } })
  const refs = ['refs/heads/main', 'refs/heads/dev', 'refs/tags/v1']
  for (const ref of refs) await git.setRef(ref, commit)
  const updates = refs.map((ref) => ({ ref, before: git.zeroId, after: commit }))
  expect(await hearersOf(...updates)).toEqual(['cloud', 'server'])
  const bodyOf = (path: string) =>
    JSON.parse(String(receiver.requests.find((one) => one.path === path)?.body))
  expect(bodyOf('/cloud').push.changes).toHaveLength(3)
  expect(bodyOf('/server').refChanges.map(({ refId }: { refId: string }) => refId)).toEqual(refs)
})

test('a filter by paths hears a push whose changed paths pass, and one whose paths nobody knows', async () => {
  await subscribe({ docs: { paths: ['docs/**'] }, code: { paths: ['**', '!docs/**', '!**.md'] } })
  const name = Uint8Array.from([...new TextEncoder().encode('docs/caf'), 0xe9])
  const [first = '', second = ''] = await git.commit(
    { files: { 'src/a.ts': '1' } },
    { parents: [0], rawFiles: [{ path: name, file: 'x' }], files: { 'README.md': 'y' } },
  )
  await git.setRef('refs/heads/main', second)
  const detail = { maxCommits: 6, maxChanges: 0 }
  const updates = [{ ref: 'refs/heads/main', before: first, after: second }]
  const { refUpdates, ...push } = await readPush({ gitDir: git.gitDir, updates, repository, actor, detail })
  const listed = await git.git(['diff-tree', '-r', '-z', '--name-only', first, second])
  const values = splitAtNul(listed)
  const emit = async (changedPaths: { values: readonly Uint8Array[]; hasMore: boolean }) => {
    const event = { ...push, refUpdates: refUpdates.map((update) => ({ ...update, changedPaths })) }
    const { deliveries, skipped } = await emitter.emit(event)
    return { heard: deliveries.length, reasons: skipped.map(({ reason }) => reason) }
  }
  expect(values).toHaveLength(2)
  expect(await emit({ values, hasMore: false })).toEqual({ heard: 1, reasons: ['filter.paths'] })
  expect(await emit({ values, hasMore: true })).toEqual({ heard: 2, reasons: [] })
  expect(await emit({ values: [], hasMore: false })).toEqual({
    heard: 0,
    reasons: ['filter.paths', 'filter.paths'],
  })
  await emitter.idle()
  expect(receiver.requests.map(({ path }) => path).toSorted()).toEqual(['/code', '/docs', '/docs'])
})

function splitAtNul(bytes: Buffer): readonly Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let begin = 0; begin < bytes.length; ) {
    const end = bytes.indexOf(0, begin)
    parts.push(bytes.subarray(begin, end))
    begin = end + 1
  }
  return parts
}

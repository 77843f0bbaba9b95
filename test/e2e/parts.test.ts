import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createReceiver, type ReceivedRequest, type Receiver } from '@posthorn/test-kit/receiver'
import { createEmitter, createMemoryStore, type Emitter, type PushEvent, verifySignature } from 'posthorn'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { actor, addresses, hash, identity, repository, site, subject } from '../sample-push.ts'

const secret = 'a secret of the receiver'
const caps = {
  'bitbucket-cloud': { maxBodyBytes: 12_000 },
  'bitbucket-server-post-receive': { maxBodyBytes: 3_000 },
}

const commit = { hash, parents: [], author: identity, committer: identity, message: 'First\n' }
const branches = Array.from({ length: 30 }, (_, index) => `branch-${index}`)
const push: PushEvent = {
  key: 'repo:push',
  repository,
  actor,
  refUpdates: branches.map((name) => ({
    ref: `refs/heads/${name}`,
    before: '0'.repeat(40),
    after: hash,
    isForced: false,
    old: null,
    new: { commit, annotation: null },
    commits: { values: [commit], hasMore: false },
  })),
}

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-parts-'))
  receiver = await createReceiver()
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const stores = [
  { name: 'memory', createStore: () => createMemoryStore() },
  { name: 'SQLite', createStore: () => createSqliteStore({ location: join(folder, 'posthorn.db') }) },
]

function requestsOn(path: string): readonly ReceivedRequest[] {
  return receiver.requests.filter((request) => request.path === path)
}

function cloudRefsOf({ body }: ReceivedRequest): readonly string[] {
  const { changes }: { changes: readonly { new: { name: string } }[] } = JSON.parse(body.toString()).push
  return changes.map((change) => change.new.name)
}

function serverRefsOf({ body }: ReceivedRequest): readonly string[] {
  const { refChanges }: { refChanges: readonly { refId: string }[] } = JSON.parse(body.toString())
  return refChanges.map(({ refId }) => refId.replace('refs/heads/', ''))
}

describe.each(stores)('a push in parts, with the $name store', ({ createStore }) => {
  let emitter: Emitter

  beforeEach(async () => {
    emitter = await createEmitter({ site, addresses, caps, store: createStore() })
  })

  afterEach(async () => {
    await emitter.stop()
  })

  test('makes a delivery of each part, with an id, headers and a signature of its own', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: `${receiver.url}cloud`, secret })
    const { deliveries } = await emitter.emit(push)
    await emitter.idle()
    const partCount = deliveries.length
    expect(partCount).toBeGreaterThan(2)
    expect(deliveries.map(({ part }) => part)).toEqual(deliveries.map((_, index) => index + 1))
    expect(new Set(deliveries.map((delivery) => delivery.partCount))).toEqual(new Set([partCount]))
    expect(new Set(receiver.requests.map(({ headers }) => headers['x-request-uuid']))).toEqual(
      new Set(deliveries.map((delivery) => delivery.id)),
    )
    for (const { headers, body } of receiver.requests) {
      expect(headers).toMatchObject({
        'x-event-key': 'repo:push',
        'x-hook-uuid': id,
        'x-attempt-number': '1',
      })
      expect(Number(headers['content-length'])).toBe(body.length)
      expect(body.length).toBeLessThanOrEqual(caps['bitbucket-cloud'].maxBodyBytes)
      expect(verifySignature({ body, headers, secret })).toBe(true)
    }
    expect(receiver.requests.flatMap(cloudRefsOf).toSorted()).toEqual(branches.toSorted())
  })

  test('tells each dialect every ref once, in parts of its own', async () => {
    await emitter.subscriptions.create({ subject, url: `${receiver.url}cloud` })
    const dialect = 'bitbucket-server-post-receive'
    await emitter.subscriptions.create({ subject, url: `${receiver.url}server`, dialect })
    const { deliveries } = await emitter.emit(push)
    await emitter.idle()
    const [cloud, server] = [requestsOn('/cloud'), requestsOn('/server')]
    expect(cloud.length + server.length).toBe(deliveries.length)
    expect(cloud.flatMap(cloudRefsOf).toSorted()).toEqual(branches.toSorted())
    expect(server.flatMap(serverRefsOf).toSorted()).toEqual(branches.toSorted())
    for (const { body } of server) expect(body.length).toBeLessThanOrEqual(caps[dialect].maxBodyBytes)
  })

  test('keeps the bytes of each part once, for all subscriptions and for a delivery that is sent again', async () => {
    await emitter.subscriptions.create({ subject, url: `${receiver.url}one` })
    await emitter.subscriptions.create({ subject, url: `${receiver.url}two` })
    const { deliveries } = await emitter.emit(push)
    await emitter.idle()
    const one = requestsOn('/one').map(({ body }) => body.toString())
    expect(
      requestsOn('/two')
        .map(({ body }) => body.toString())
        .toSorted(),
    ).toEqual(one.toSorted())
    const { bodyBytes } = await emitter.stats()
    expect(bodyBytes).toBe(one.reduce((sum, body) => sum + Buffer.byteLength(body), 0))

    const second = deliveries.find(({ part }) => part === 2)
    const again = await emitter.deliveries.redeliver(second?.id ?? '')
    await emitter.idle()
    expect(again).toMatchObject({ part: 2, partCount: second?.partCount })
    const [first, repeated] = receiver.requests
      .filter(({ headers }) => [second?.id, again.id].includes(String(headers['x-request-uuid'])))
      .map(({ body }) => body.toString())
    expect(repeated).toBe(first)
  })

  test('reaches a subscription that wants order part after part', async () => {
    await emitter.subscriptions.create({ subject, url: `${receiver.url}hook`, order: 'repository' })
    const { deliveries } = await emitter.emit(push)
    await emitter.idle()
    expect(receiver.requests.map(({ headers }) => headers['x-request-uuid'])).toEqual(
      deliveries.map(({ id }) => id),
    )
    expect(receiver.requests.flatMap(cloudRefsOf)).toEqual(branches)
  })

  test('gives the first receipt with all its parts when it is emitted again', async () => {
    await emitter.subscriptions.create({ subject, url: `${receiver.url}hook` })
    const event = { ...push, id: 'push-in-parts' }
    const first = await emitter.emit(event)
    expect(await emitter.emit(event)).toEqual({ ...first, repeated: true })
    await emitter.idle()
    expect(receiver.requests).toHaveLength(first.deliveries.length)
  })
})

test('a message of 20 MB arrives cut, in a body within the vendor’s cap', async () => {
  const emitter = await createEmitter({ site, addresses })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}hook` })
  const long = { ...commit, message: `Subject\n\n${'word & word\n'.repeat(1_700_000)}` }
  const refUpdates = push.refUpdates.slice(0, 1).map((update) => ({
    ...update,
    new: { commit: long, annotation: null },
    commits: { values: [long], hasMore: false },
  }))
  await emitter.emit({ ...push, refUpdates })
  await emitter.idle()
  await emitter.stop()
  const [request] = receiver.requests
  expect(request?.body.length).toBeLessThanOrEqual(256_000)
  expect(JSON.parse(String(request?.body)).push.changes[0].commits[0].message).toMatch(
    /^Subject\n[^\0]*… \[truncated\]$/,
  )
})

test.for([
  [{ maxBodyBytes: 999 }, 'caps.bitbucket-cloud.maxBodyBytes'],
  [{ maxBodyBytes: 1_000.5 }, 'caps.bitbucket-cloud.maxBodyBytes'],
  [{ maxCommits: 0 }, 'caps.bitbucket-cloud.maxCommits'],
  [{ maxChanges: -1 }, 'caps.bitbucket-cloud.maxChanges'],
] as const)('the caps %j are refused', async ([given, field]) => {
  await expect(createEmitter({ site, caps: { 'bitbucket-cloud': given } })).rejects.toMatchObject({
    code: 'option.invalid',
    field,
  })
})

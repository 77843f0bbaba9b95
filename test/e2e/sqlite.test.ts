import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { createEmitter, type Emitter, type EmitterOptions, type PushEvent } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { actor, hash, identity, repository, site, subject } from '../sample-push.ts'

const commit = { hash, parents: [], author: identity, committer: identity, message: 'First\n' }
const branchDeleted = {
  ref: 'refs/heads/old',
  before: hash,
  after: '0'.repeat(40),
  isForced: false,
  old: { commit, annotation: null },
  new: null,
  commits: { values: [], hasMore: false },
}
const push: PushEvent = { key: 'repo:push', repository, actor, refUpdates: [branchDeleted] }

let folder: string
let location: string
let receiver: Receiver

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-e2e-'))
  location = join(folder, 'posthorn.db')
  receiver = await createReceiver()
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const start = (options: Partial<EmitterOptions> = {}): Promise<Emitter> =>
  createEmitter({
    site,
    addresses: { allow: ['127.0.0.0/8'] },
    store: createSqliteStore({ location }),
    ...options,
  })

test('what one process has emitted is delivered by the next one, with the same ids', async () => {
  const emitting = await start({ role: 'emit' })
  await emitting.subscriptions.create({ subject, url: `${receiver.url}hook` })
  const receipts = [await emitting.emit(push), await emitting.emit(push)]
  await emitting.stop()
  expect(receiver.requests).toHaveLength(0)
  const delivering = await start()
  await delivering.idle()
  await delivering.stop()
  expect(new Set(receiver.requests.map(({ headers }) => headers['x-request-uuid']))).toEqual(
    new Set(receipts.flatMap(({ deliveries }) => deliveries.map(({ id }) => id))),
  )
})

test('of two emitters on one file one emits and the other delivers, while both run', async () => {
  const delivering = await start({ role: 'deliver' })
  const emitting = await start({ role: 'emit' })
  await emitting.subscriptions.create({ subject, url: `${receiver.url}hook` })
  await Promise.all(Array.from({ length: 50 }, () => emitting.emit(push)))
  await receiver.waitForRequests(50)
  await delivering.idle()
  expect(await emitting.stats()).toMatchObject({ pendingCount: 0, leasedCount: 0 })
  await Promise.all([emitting.stop(), delivering.stop()])
  expect(receiver.requests).toHaveLength(50)
})

test('a file of a past release goes on where that left it', async () => {
  const fixtures = join(import.meta.dirname, '../../packages/store-sqlite/test/fixtures')
  copyFileSync(join(fixtures, 'schema-1.db'), location)
  const clock = createManualClock()
  clock.advance(60_000)
  const preparing = await start({ role: 'emit', clock })
  const { deliveries } = await preparing.deliveries.list({ states: ['unfinished'] })
  for (const id of new Set(deliveries.map(({ subscriptionId }) => subscriptionId)))
    await preparing.subscriptions.update(id, { url: `${receiver.url}hook` })
  await preparing.stop()
  const delivering = await start({ clock })
  await receiver.waitForRequests(4)
  await delivering.idle()
  const past = await delivering.deliveries.list({ states: ['delivered'] })
  expect(past.deliveries).toHaveLength(5)
  await delivering.stop()
})

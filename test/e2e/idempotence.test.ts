import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { createEmitter, type Emitter, type PushEvent } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addresses, site, subject, toSamplePush } from '../sample-push.ts'

const dayMs = 24 * 60 * 60 * 1_000
const push: PushEvent = { ...toSamplePush('main'), id: 'push-1' }

let folder: string
let receiver: Receiver
const clock = createManualClock()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-idempotence-'))
  receiver = await createReceiver()
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An emitter on the same file, whose housekeeping has been done by the clock as it stands. */
async function start(): Promise<Emitter> {
  const pruned = Promise.withResolvers<void>()
  const store = createWatchedStore(
    createSqliteStore({ location: join(folder, 'posthorn.db') }),
    () => undefined,
    ({ method }, outcome) => {
      if (method === 'prune' && outcome === null) pruned.resolve()
    },
  )
  const emitter = await createEmitter({ site, addresses, store, clock })
  await pruned.promise
  return emitter
}

test('an id is remembered for 7 days, over restarts and whatever became of subscription and filter', async () => {
  const first = await start()
  const { id } = await first.subscriptions.create({ subject, url: receiver.url })
  const receipt = await first.emit(push)
  expect(receipt).toMatchObject({ repeated: false, deliveries: [{}] })
  await first.idle()
  await first.subscriptions.update(id, { filter: { branches: ['other'] } })
  await first.stop()

  clock.advance(7 * dayMs - 1_000)
  const second = await start()
  expect(await second.emit(push)).toEqual({ ...receipt, repeated: true })
  await second.subscriptions.update(id, { filter: null })
  expect(await second.emit(push)).toEqual({ ...receipt, repeated: true })
  await second.idle()
  await second.stop()
  expect(receiver.requests).toHaveLength(1)

  clock.advance(2_000)
  const third = await start()
  expect(await third.emit(push)).toMatchObject({ eventId: 'push-1', repeated: false, deliveries: [{}] })
  await third.idle()
  await third.stop()
  expect(receiver.requests).toHaveLength(2)
})

test('emits of one id at the same time in two processes write it once', async () => {
  const [one, two] = [await start(), await start()]
  await one.subscriptions.create({ subject, url: receiver.url, filter: { branches: ['main'] } })
  const skipped = await one.subscriptions.create({ subject, url: receiver.url, filter: { tags: ['**'] } })
  const receipts = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).emit(push)),
  )
  expect(receipts.filter(({ repeated }) => !repeated)).toHaveLength(1)
  const [first] = receipts
  for (const receipt of receipts)
    expect({ ...receipt, repeated: false }).toEqual({ ...first, repeated: false })
  expect(first?.skipped).toEqual([{ subscriptionId: skipped.id, reason: 'filter.tags' }])
  await one.idle()
  await two.idle()
  await Promise.all([one.stop(), two.stop()])
  expect(receiver.requests).toHaveLength(1)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MendAnswer } from '@posthorn/core'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createReceiver, type Receiver, type ReceiverOptions } from '@posthorn/test-kit/receiver'
import type { Answer } from '@posthorn/test-kit/receiver-answer'
import { createWatchedStore, type StoreCall } from '@posthorn/test-kit/watched-store'
import { createEmitter, createMemoryStore, type Emitter, type EmitterOptions } from 'posthorn'
import { describe, expect, onTestFinished, test } from 'vitest'
import { addresses, site, subject, toSamplePush } from '../sample-push.ts'

const day = 24 * 60 * 60 * 1_000
const leap = 10 * day

const push = toSamplePush('main')

const failing: Answer = { kind: 'status', status: 503 }
const tooMany: Answer = { kind: 'status', status: 429, headers: { 'retry-after': '60' } }

const inADay: Answer = { kind: 'status', status: 503, headers: { 'retry-after': '86400' } }

const stores = [
  ['memory', () => createMemoryStore()],
  [
    'SQLite',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'posthorn-e2e-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      return createSqliteStore({ location: join(folder, 'posthorn.db') })
    },
  ],
] as const

describe.for(stores)('a clock that was wrong for a moment, with the %s store', ([, createStore]) => {
  test('does not hold back what was emitted meanwhile', async () => {
    const { clock, start, receive } = prepare(createStore)
    const emitter = await start()
    const receiver = await receive()
    await emitter.subscriptions.create({ subject, url: receiver.url })
    clock.advance(leap)
    await emitter.emit(push)
    clock.advance(-leap)
    await receiver.waitForRequests(1)
  })

  test('does not hold back what was emitted meanwhile and is delivered by a process that starts later', async () => {
    const { clock, start, receive } = prepare(createStore)
    const emitter = await start({ role: 'emit' })
    const receiver = await receive()
    await emitter.subscriptions.create({ subject, url: receiver.url })
    clock.advance(leap)
    await emitter.emit(push)
    clock.advance(-leap)
    await start({ role: 'deliver' })
    await receiver.waitForRequests(1)
  })

  test('does not hold back the next attempt of what failed meanwhile', async () => {
    const { clock, start, receive } = prepare(createStore)
    const emitter = await start()
    const receiver = await receive({ answers: [failing, failing] })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const attempts = countAttempts(emitter)
    await emitter.emit(push)
    await attempts.reach(1)
    clock.advance(leap)
    await attempts.reach(2)
    clock.advance(-leap)
    await attempts.reach(3)
    expect((await emitter.deliveries.list({ states: ['delivered'] })).deliveries).toHaveLength(1)
  })

  test('does not end what failed meanwhile when the process starts again days later', async () => {
    const { clock, start, receive } = prepare(createStore)
    const first = await start()
    const receiver = await receive({ answers: [failing, failing] })
    await first.subscriptions.create({ subject, url: receiver.url })
    const attempts = countAttempts(first)
    const { deliveries } = await first.emit(push)
    await attempts.reach(1)
    clock.advance(leap)
    await attempts.reach(2)
    const other = await start({ role: 'emit' })
    await first.stop()
    clock.advance(-leap)
    clock.advance(3 * day + 1_000)
    const second = await start({ retention: { everyMs: 1_000 } })
    await receiver.waitForRequests(3)
    await second.idle()
    expect(await other.deliveries.get(deliveries[0]?.id ?? '')).toMatchObject({ state: 'delivered' })
  })

  test('does not keep a queue parked that was to wait for a minute', async () => {
    const { clock, start, receive } = prepare(createStore)
    const emitter = await start()
    const receiver = await receive({ answers: [tooMany] })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const attempts = countAttempts(emitter)
    clock.advance(leap)
    await emitter.emit(push)
    await attempts.reach(1)
    clock.advance(-leap)
    await emitter.emit(push)
    await attempts.reach(3)
    expect((await emitter.deliveries.list({ states: ['delivered'] })).deliveries).toHaveLength(2)
  })

  test('does not keep the breaker of a subscription open', async () => {
    const { clock, start, receive } = prepare(createStore)
    const emitter = await start()
    const receiver = await receive({ answers: Array.from({ length: 10 }, () => failing) })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const attempts = countAttempts(emitter)
    const recovered = Promise.withResolvers<unknown>()
    emitter.on('recovered', recovered.resolve)
    clock.advance(leap)
    for (let count = 0; count < 10; count += 1) await emitter.emit(push)
    await attempts.reach(10)
    clock.advance(-leap)
    await emitter.emit(push)
    await recovered.promise
    await attempts.reach(21)
  })

  test('does not keep what was delivered meanwhile for longer than history is kept', async () => {
    const { clock, store, start, receive } = prepare(createStore)
    const mended = Promise.withResolvers<void>()
    const noticeMended = ({ method }: StoreCall, outcome: unknown) =>
      method === 'mendTimes' && (outcome as MendAnswer).mendedCount > 0 && mended.resolve()
    const first = await start({ store: createWatchedStore(store, () => {}, noticeMended) })
    const receiver = await receive()
    await first.subscriptions.create({ subject, url: receiver.url })
    const attempts = countAttempts(first)
    await first.emit(push)
    await attempts.reach(1)
    clock.advance(leap)
    const { deliveries, eventId } = await first.emit({ ...push, id: 'of-ten-days-later' })
    await attempts.reach(2)
    clock.advance(-leap)
    await mended.promise
    await first.stop()
    clock.advance(7 * day)
    const pruned = Promise.withResolvers<void>()
    // A pass takes several steps, and is over when one gives no cursor for the next.
    const noticePruned = ({ method }: StoreCall, outcome: unknown) =>
      method === 'prune' && outcome === null && pruned.resolve()
    const second = await start({ store: createWatchedStore(store, () => {}, noticePruned) })
    await pruned.promise
    expect(await second.deliveries.get(deliveries[0]?.id ?? '')).toBeNull()
    expect(await second.emit({ ...push, id: eventId })).toMatchObject({ repeated: false })
  })

  test('is not found where it was right: no wait is cut short', async () => {
    const { clock, store, start, receive } = prepare(createStore)
    const emitter = await start()
    const receiver = await receive({ answers: [inADay] })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const attempts = countAttempts(emitter)
    const { deliveries } = await emitter.emit(push)
    await attempts.reach(1)
    const read = () => emitter.deliveries.get(deliveries[0]?.id ?? '')
    const before = await read()
    clock.advance(-60_000)
    // What follows the first pass of a process that starts.
    const looked = Promise.withResolvers<void>()
    await start({ store: createWatchedStore(store, ({ method }) => method === 'prune' && looked.resolve()) })
    await looked.promise
    expect(await read()).toEqual(before)
    expect(before).toMatchObject({ state: 'parked', attemptCount: 1 })
  })
})

/** Emitters on one store and one clock, and receivers, that are closed when the test ends. */
function prepare(createStore: () => NonNullable<EmitterOptions['store']>) {
  const clock = createManualClock()
  const store = createStore()
  return {
    clock,
    store,
    start: async (options: Partial<EmitterOptions> = {}): Promise<Emitter> => {
      const emitter = await createEmitter({
        site,
        store,
        clock,
        pollMs: 10,
        addresses,
        retry: { delaysMs: [0, 60_000, 120_000, 180_000] },
        ...options,
      })
      onTestFinished(() => emitter.stop({ timeoutMs: 100 }))
      return emitter
    },
    receive: async (options: ReceiverOptions = {}): Promise<Receiver> => {
      const receiver = await createReceiver(options)
      onTestFinished(() => receiver.close())
      return receiver
    },
  }
}

/** Counts the attempts that were recorded. */
function countAttempts(emitter: Emitter) {
  let count = 0
  let tell = () => {}
  emitter.on('attempted', () => {
    count += 1
    tell()
  })
  return {
    async reach(wanted: number): Promise<void> {
      while (count < wanted)
        await new Promise<void>((resolve) => {
          tell = resolve
        })
    },
  }
}

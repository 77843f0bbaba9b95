import { createManualClock } from '@posthorn/test-kit/manual-clock'
import type { Answer } from '@posthorn/test-kit/receiver-answer'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type Emitter, type EmitterEvents, StoreError } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

const accepted: Answer = { kind: 'status', status: 200 }
const refusing: Answer = { kind: 'status', status: 400 }
const gone: Answer = { kind: 'status', status: 410 }

const names: readonly (keyof EmitterEvents)[] = [
  'attempted',
  'delivered',
  'exhausted',
  'cancelled',
  'discarded',
  'parked',
  'recovered',
  'set-aside',
  'subscription-disabled',
  'warning',
  'listener-error',
]

/** The names of the events of an emitter, as they are told. */
function eventsOf(emitter: Emitter): string[] {
  const told: string[] = []
  for (const name of names) emitter.on(name, () => void told.push(name))
  return told
}

/** Takes what was told so far. */
function take(told: string[]): readonly string[] {
  return told.splice(0)
}

async function subscribeTo(emitter: Emitter, answers: readonly Answer[]): Promise<string> {
  const receiver = await receive({ answers })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  return id
}

describe('each is told once, in this order:', () => {
  const cases: readonly (readonly [what: string, answers: readonly Answer[], told: readonly string[]])[] = [
    ['a delivery that arrives', [accepted], ['attempted', 'delivered']],
    ['one that arrives at the second attempt', [failing, accepted], ['attempted', 'attempted', 'delivered']],
    ['one that runs out of attempts', [failing, failing], ['attempted', 'attempted', 'exhausted']],
    ['one whose receiver is gone', [gone], ['attempted', 'exhausted', 'subscription-disabled']],
  ]

  test.for(cases)('%s', async ([, answers, expected]) => {
    const emitter = await open({ retry: { delaysMs: [0, 1] } })
    const told = eventsOf(emitter)
    await subscribeTo(emitter, answers)
    await deliver(emitter)
    await emitter.idle()
    expect(told).toEqual(expected)
  })

  test('a ping, whatever comes of it', async () => {
    const emitter = await open({ retry: { delaysMs: [0, 1] } })
    const told = eventsOf(emitter)
    await emitter.ping(await subscribeTo(emitter, [accepted]), { wait: true })
    expect(take(told)).toEqual(['attempted', 'delivered'])
    await emitter.ping(await subscribeTo(emitter, [failing]), { wait: true })
    expect(take(told)).toEqual(['attempted', 'exhausted'])
    await emitter.ping(await subscribeTo(emitter, [gone]), { wait: true })
    expect(take(told)).toEqual(['attempted', 'exhausted', 'subscription-disabled'])
  })

  test('a redelivery', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    await subscribeTo(emitter, [failing])
    const id = await deliver(emitter)
    await emitter.idle()
    const told = eventsOf(emitter)
    await emitter.deliveries.redeliver(id)
    await emitter.idle()
    expect(take(told)).toEqual(['attempted', 'delivered'])
    await emitter.deliveries.recover({ since: 0 })
    await emitter.idle()
    expect(told).toEqual([])
  })

  test('the fifth delivery in a row that runs out of attempts', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    await subscribeTo(emitter, [refusing, refusing, refusing, refusing, refusing])
    for (let count = 0; count < 4; count += 1) {
      await deliver(emitter)
      await emitter.idle()
    }
    const told = eventsOf(emitter)
    await deliver(emitter)
    await emitter.idle()
    expect(told).toEqual(['attempted', 'exhausted', 'subscription-disabled'])
  })

  test('a breaker that opens and one that closes, before the attempt that did it', async () => {
    const clock = createManualClock()
    const emitter = await open({
      clock,
      pollMs: 10,
      retry: { delaysMs: [0, 60_000] },
      breaker: { failureCount: 1, jitter: 0 },
    })
    const told = eventsOf(emitter)
    await subscribeTo(emitter, [failing, failing])
    await deliver(emitter)
    await emitter.idle()
    expect(take(told)).toEqual(['parked', 'attempted'])
    const probed = new Promise((resolve) => emitter.on('attempted', resolve))
    clock.advance(60_000)
    await probed
    await emitter.idle()
    expect(take(told)).toEqual(['parked', 'attempted'])
    const delivered = new Promise((resolve) => emitter.on('delivered', resolve))
    clock.advance(60_000)
    await delivered
    await emitter.idle()
    expect(told).toEqual(['recovered', 'attempted', 'delivered'])
  })

  test('the head of an ordered queue that is set aside', async () => {
    const clock = createManualClock()
    const emitter = await open({ clock, pollMs: 10, retry: { delaysMs: [0, 2_000, 2_000, 2_000] } })
    const receiver = await receive({ answers: () => failing })
    await emitter.subscriptions.create({ subject, url: receiver.url, order: 'repository' })
    const told = eventsOf(emitter)
    const setAside = new Promise((resolve) => emitter.on('set-aside', resolve))
    await deliver(emitter)
    for (const count of [1, 2, 3]) {
      await receiver.waitForRequests(count)
      await emitter.idle()
      clock.advance(2_000)
    }
    await setAside
    expect(told.slice(0, 4)).toEqual(['attempted', 'attempted', 'attempted', 'set-aside'])
  })

  test('a delivery that is cancelled, and those of a subscription that is deleted', async () => {
    const emitter = await open({ retry: { delaysMs: [60_000] } })
    const id = await subscribeTo(emitter, [])
    const ids = [await deliver(emitter), await deliver(emitter), await deliver(emitter)]
    const told: unknown[] = []
    emitter.on('cancelled', (event) => void told.push(event))
    await emitter.deliveries.cancel(ids[0] ?? '')
    await emitter.subscriptions.delete(id)
    await emitter.subscriptions.delete(id)
    expect(told).toEqual([
      { subscriptionId: id, deliveryId: ids[0], count: 1, reason: 'by-host' },
      { subscriptionId: id, deliveryId: null, count: 2, reason: 'subscription-deleted' },
    ])
  })
})

test('an attempt that runs while its delivery is cancelled is told no more', async () => {
  const emitter = await open()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const receiver = await receive({ answers: [{ kind: 'after', released, answer: accepted }] })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const told = eventsOf(emitter)
  await deliver(emitter)
  await receiver.waitForRequests(1)
  await emitter.subscriptions.delete(id)
  release()
  await emitter.idle()
  expect(told).toEqual(['cancelled'])
})

test('what grows too old is told once, by one of the emitters on a store', async () => {
  const clock = createManualClock()
  const store = createMemoryStore()
  const options = { store, clock, retry: { delaysMs: [0, 600_000] } }
  const first = await open({ ...options, retention: { maxAgeMs: 1_000, everyMs: 5 } })
  const second = await open({ ...options, retention: { maxAgeMs: 1_000, everyMs: 5 } })
  await subscribeTo(first, [failing])
  const id = await deliver(first)
  await Promise.all([first.idle(), second.idle()])
  const told = [eventsOf(first), eventsOf(second)]
  const ended = Promise.race(
    [first, second].map((one) => new Promise((resolve) => one.on('exhausted', resolve))),
  )
  clock.advance(2_000)
  expect(await ended).toEqual({
    deliveryId: id,
    subscriptionId: expect.any(String),
    state: 'exhausted',
    reason: 'age',
  })
  await Promise.all([first.stop(), second.stop()])
  expect(told.flat()).toEqual(['exhausted'])
})

test('what a disabled subscription may not keep is told once each, the oldest first', async () => {
  const emitter = await open({ retention: { maxPerDisabledSubscription: 1, everyMs: 5 } })
  await subscribeTo(emitter, [gone])
  await deliver(emitter)
  await emitter.idle()
  const discarded: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  emitter.on('discarded', ({ deliveryId, reason }) => {
    discarded.push(`${deliveryId} ${reason}`)
    if (discarded.length === 2) resolve()
  })
  const ids = [await deliver(emitter), await deliver(emitter), await deliver(emitter)]
  await promise
  await emitter.stop()
  expect(discarded).toEqual(ids.slice(0, 2).map((id) => `${id} retention-bound`))
})

describe('a subscription that a delivery disables, or a ping enables,', () => {
  test('is so before the delivery has ended', async () => {
    const calls: string[] = []
    const store = createWatchedStore(createMemoryStore(), ({ method }) => void calls.push(method))
    const emitter = await open({ store })
    const id = await subscribeTo(emitter, [gone])
    const standing = (): readonly string[] =>
      take(calls).filter((method) => method === 'settle' || method === 'updateSubscription')
    await deliver(emitter)
    await emitter.idle()
    expect(standing()).toEqual(['updateSubscription', 'settle'])
    await emitter.ping(id, { wait: true })
    expect(standing()).toEqual(['updateSubscription', 'settle'])
  })

  test('stays as it was if the store fails, and the delivery ends all the same', async () => {
    const store = createWatchedStore(createMemoryStore(), ({ method }) => {
      if (method === 'updateSubscription') throw new StoreError({ code: 'store.failed', message: 'No.' })
    })
    const emitter = await open({ store })
    const told = eventsOf(emitter)
    const id = await subscribeTo(emitter, [gone])
    await deliver(emitter)
    await emitter.idle()
    expect(told).toEqual(['warning', 'attempted', 'exhausted'])
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
  })
})

test('a recovered delivery that fails again is told again', async () => {
  const emitter = await open({ retry: { delaysMs: [0] } })
  await subscribeTo(emitter, [refusing, refusing])
  await emitter.emit(createPush())
  await emitter.idle()
  const told = eventsOf(emitter)
  expect(await emitter.deliveries.recover({ since: 0 })).toBe(1)
  await emitter.idle()
  expect(told).toEqual(['attempted', 'exhausted'])
})

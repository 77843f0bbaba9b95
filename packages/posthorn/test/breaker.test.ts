import { laneScope, systemClock } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { type Answer, accepted, hang } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

test('a failed ping does not lengthen the wait of an open breaker', async () => {
  const clock = createManualClock()
  const emitter = await open({ clock, retry: { delaysMs: [0, 600_000] }, random: () => 0.5 })
  const receiver = await receive({ answers: () => failing })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  emitter.on('parked', ({ forMs }) => void parked.push(forMs))
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  await emitter.ping(id, { wait: true })
  await emitter.idle()
  expect(Math.max(...parked)).toBe(10_000)
})

test('quick retries do not probe: those of one that opened the breaker wait with all the others', async () => {
  const clock = createManualClock()
  const emitter = await open({ clock, retry: 'bitbucketCloud', random: () => 0.5 })
  const receiver = await receive({ answers: () => failing })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  emitter.on('parked', ({ forMs }) => void parked.push(forMs))
  for (let count = 0; count < 20; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  expect(parked.length).toBeGreaterThan(0)
  expect(Math.max(...parked)).toBe(10_000)
})

test('quick retries of a subscription that timed out go one at a time', async () => {
  const emitter = await open({ retry: { delaysMs: [0, 1, 1] }, deadlineMs: 200 })
  let openCount = 0
  let waveCount = 0
  const most = [0, 0]
  const receiver = await receive({
    answers: () => {
      const wave = waveCount < 5 ? 0 : 1
      waveCount += 1
      openCount += 1
      most[wave] = Math.max(most[wave] ?? 0, openCount)
      setTimeout(() => {
        openCount -= 1
      }, 150)
      return hang
    },
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await Promise.all([1, 2, 3, 4, 5].map(() => emitter.emit(createPush())))
  await receiver.waitForRequests(8)
  expect(most).toEqual([5, 1])
})

test('a success that was under way when the receiver asked for time does not end the wait', async () => {
  const clock = createManualClock()
  const emitter = await open({ clock, pollMs: 10 })
  const slow = Promise.withResolvers<void>()
  const later: Answer = { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }
  const receiver = await receive({
    answers: [{ kind: 'after', released: slow.promise, answer: accepted }, later],
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await deliver(emitter)
  await receiver.waitForRequests(1)
  const parked = new Promise((resolve) => emitter.on('parked', resolve))
  await deliver(emitter)
  await parked
  slow.resolve()
  await emitter.idle()
  await deliver(emitter)
  await emitter.idle()
  expect(receiver.requests).toHaveLength(2)
  clock.advance(3_600_000)
  await emitter.idle()
  expect(receiver.requests).toHaveLength(4)
})

test('a receiver that is dead for days is disabled, though no delivery ever runs out of attempts', async () => {
  const clock = createManualClock()
  const emitter = await open({
    clock,
    pollMs: 10,
    retry: { delaysMs: [0, 600_000] },
    retention: { maxAgeMs: 60_000, everyMs: 5 },
  })
  const receiver = await receive({ answers: () => failing })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const disabled = new Promise((resolve) => emitter.on('subscription-disabled', resolve))
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
  clock.advance(60_000)
  expect(await disabled).toEqual({ subscriptionId: id, reason: 'exhausted' })
  expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: { reason: 'exhausted' } })
})

test('deliveries that end by their age while nothing fails disable nobody', async () => {
  const clock = createManualClock()
  const emitter = await open({
    clock,
    pollMs: 10,
    retry: { delaysMs: [600_000] },
    retention: { maxAgeMs: 60_000, everyMs: 5 },
  })
  const receiver = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  let endedCount = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  emitter.on('exhausted', () => {
    endedCount += 1
    if (endedCount === 10) resolve()
  })
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  clock.advance(60_000)
  await promise
  await emitter.idle()
  expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
})

describe('the breaker of a lane', () => {
  /** Three subscriptions on a port where nobody listens, and a delivery to each, so that the lane is open. */
  async function openLane(options: Parameters<typeof open>[0]) {
    const clock = createManualClock()
    const emitter = await open({ clock, pollMs: 10, retry: { delaysMs: [0, 60_000] }, ...options })
    const parked = new Promise((resolve) => emitter.on('parked', resolve))
    const receiver = await receive()
    await receiver.close()
    const url = `http://ci.example.com:${receiver.port}/`
    for (const path of ['a', 'b', 'c']) await emitter.subscriptions.create({ subject, url: url + path })
    const { deliveries } = await emitter.emit(createPush())
    await parked
    await emitter.idle()
    return { clock, emitter, url, deliveries }
  }

  test('is not probed again and again by a name that turned to a forbidden address', async () => {
    let address = '127.0.0.1'
    const resolver = () => Promise.resolve([{ address, family: 4 as const }])
    const { clock, emitter, deliveries } = await openLane({ resolver })
    address = '10.0.0.1'
    clock.advance(60_000)
    await emitter.idle()
    for (const { id } of deliveries) {
      const attempts = await emitter.deliveries.attempts(id)
      expect(attempts.length).toBeLessThanOrEqual(2)
    }
  })

  test('stays closed while any subscription got an answer within the window', async () => {
    const clock = createManualClock()
    let address = '127.0.0.1'
    const emitter = await open({
      clock,
      retry: { delaysMs: [0, 60_000] },
      resolver: () => Promise.resolve([{ address, family: 4 }]),
    })
    const receiver = await receive()
    const urls = ['a', 'b', 'c'].map((path) => `http://ci.example.com:${receiver.port}/${path}`)
    for (const url of urls) await emitter.subscriptions.create({ subject, url })
    const parked: unknown[] = []
    emitter.on('parked', (event) => void parked.push(event))
    await emitter.emit(createPush())
    await emitter.idle()
    // Connections that are open would go on being used.
    await receiver.close()
    address = '127.0.0.2'
    await emitter.emit(createPush())
    await emitter.idle()
    expect(parked).toEqual([])
  })

  test('leaves nothing behind where its last subscription moved away meanwhile', async () => {
    const store = createMemoryStore()
    const failed = Promise.withResolvers<never>()
    const emitter = await open({ store, resolver: () => failed.promise })
    const { id } = await emitter.subscriptions.create({ subject, url: 'http://old.example.com/' })
    await deliver(emitter)
    while ((await emitter.stats()).inFlightCount === 0) await new Promise(setImmediate)
    await emitter.subscriptions.update(id, { url: 'http://new.example.com/' })
    failed.reject(new Error('no such name'))
    await emitter.idle()
    const handle = await store.open({ clock: systemClock })
    expect(await handle.readHealth(laneScope('http://old.example.com'))).toBeNull()
    await handle.close()
  })

  test('is not kept open by pings that fail', async () => {
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const { emitter, deliveries } = await openLane({ resolver, random: () => 0.5 })
    const parked: number[] = []
    emitter.on('parked', ({ forMs }) => void parked.push(forMs))
    for (const { subscriptionId } of deliveries) await emitter.ping(subscriptionId, { wait: true })
    await emitter.idle()
    expect(parked).toEqual([])
  })

  test('ends with a probe that reaches the origin, even if its path hangs', async () => {
    const clock = createManualClock()
    let address = '127.0.0.2'
    const emitter = await open({
      clock,
      pollMs: 10,
      deadlineMs: 100,
      retry: { delaysMs: [0, 1_000] },
      resolver: () => Promise.resolve([{ address, family: 4 }]),
    })
    const receiver = await receive({ answers: () => hang })
    const urls = ['a', 'b', 'c'].map((path) => `http://ci.example.com:${receiver.port}/${path}`)
    for (const url of urls) await emitter.subscriptions.create({ subject, url })
    const { deliveries } = await emitter.emit(createPush())
    await emitter.idle()
    expect(await emitter.deliveries.get(deliveries[0]?.id ?? '')).toMatchObject({ state: 'parked' })
    address = '127.0.0.1'
    const recovered = new Promise((resolve) => emitter.on('recovered', resolve))
    clock.advance(12_000)
    expect(await recovered).toEqual({ scope: `lane:http://ci.example.com:${receiver.port}` })
    await emitter.idle()
    const counts = await Promise.all(deliveries.map(({ id }) => emitter.deliveries.get(id)))
    expect(counts.some((delivery) => delivery?.countedAttemptCount === 2)).toBe(true)
  })

  test('is forgotten with the last subscription of its lane', async () => {
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const { emitter, url } = await openLane({ resolver })
    await emitter.subscriptions.deleteAll(subject)
    await emitter.subscriptions.create({ subject, url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({ attemptCount: 1, countedAttemptCount: 1 })
  })
})

test('one delivery that is refused for good is not the probe for ever', async () => {
  const clock = createManualClock()
  const emitter = await open({
    clock,
    pollMs: 10,
    retry: { delaysMs: [0, 1_000_000, 1_000_000] },
    random: () => 0.5,
  })
  let status = 500
  const receiver = await receive({ answers: () => ({ kind: 'status', status }) })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  const poison = await deliver(emitter)
  status = 400
  clock.advance(10_000)
  await receiver.waitForRequests(11)
  await emitter.idle()
  expect(await emitter.deliveries.get(poison)).toMatchObject({ attemptCount: 1, countedAttemptCount: 1 })
})

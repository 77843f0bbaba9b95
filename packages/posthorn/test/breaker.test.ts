import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { hang } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
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

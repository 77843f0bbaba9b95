import { createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { createManualClock, type ManualClock } from '@posthorn/test-kit/manual-clock'
import { hang } from '@posthorn/test-kit/receiver-answer'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Emitter } from '../src/index.ts'
import { attemptsOf, deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

describe('a receiver that fails twice', () => {
  test('gets the same delivery again, attempt by attempt, until it accepts', async () => {
    const emitter = await open()
    const receiver = await receive({ answers: [failing, failing] })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(
      receiver.requests.map(({ headers }) => [headers['x-request-uuid'], headers['x-attempt-number']]),
    ).toEqual([
      [id, '1'],
      [id, '2'],
      [id, '3'],
    ])
    expect(new Set(receiver.requests.map(({ body }) => body.toString('hex'))).size).toBe(1)
    expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered', attemptCount: 3 })
    const attempts = await emitter.deliveries.attempts(id)
    expect(attempts.map(({ number, outcome }) => [number, outcome.word])).toEqual([
      [1, 'http.5xx'],
      [2, 'http.5xx'],
      [3, 'http.2xx'],
    ])
  })

  test('gets what the subscription says at the time of each attempt', async () => {
    const clock = createManualClock()
    const emitter = await open({ retry: { delaysMs: [0, 60_000] }, clock, pollMs: 10 })
    const first = await receive({ answers: () => failing })
    const second = await receive()
    const { id } = await emitter.subscriptions.create({ subject, url: first.url, secret: 'old' })
    await deliver(emitter)
    await emitter.idle()
    await emitter.subscriptions.update(id, { url: second.url, secret: null })
    clock.advance(60_000)
    await second.waitForRequests(1)
    expect(first.requests[0]?.headers['x-hub-signature']).toBeDefined()
    expect(second.requests[0]?.headers['x-hub-signature']).toBeUndefined()
    expect(second.requests[0]?.body).toEqual(first.requests[0]?.body)
  })
})

describe('the schedule', () => {
  let clock: ManualClock
  let emitter: Emitter

  beforeEach(async () => {
    clock = createManualClock()
    emitter = await open({ clock, retry: { delaysMs: [0, 60_000, 3_600_000] }, pollMs: 10 })
  })

  test('waits in the store, and ends in exhausted when it is used up', async () => {
    const receiver = await receive({ answers: () => failing })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'pending', dueAt: clock.now() + 60_000 })
    clock.advance(59_999)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
    clock.advance(1)
    await receiver.waitForRequests(2)
    await emitter.idle()
    clock.advance(3_600_000)
    await receiver.waitForRequests(3)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({
      state: 'exhausted',
      reason: 'attempts',
      dueAt: null,
    })
    expect(receiver.requests).toHaveLength(3)
  })

  test('is held by Retry-After, for the whole queue', async () => {
    const parked: unknown[] = []
    emitter.on('parked', (event) => void parked.push(event))
    const receiver = await receive({
      answers: [{ kind: 'status', status: 429, headers: { 'retry-after': '600' } }],
    })
    const { id: subscriptionId } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const first = await deliver(emitter)
    await emitter.idle()
    const second = await deliver(emitter)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
    expect(await emitter.deliveries.get(second)).toMatchObject({ state: 'parked' })
    expect(parked).toEqual([
      { scope: `subscription:${subscriptionId}`, forMs: 600_000, cause: 'retry-after' },
    ])
    clock.advance(600_000)
    await receiver.waitForRequests(3)
    await emitter.idle()
    for (const id of [first, second])
      expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered' })
  })

  test('ends with the age of the delivery, whatever is left of it', async () => {
    const old = await open({
      clock,
      retry: { delaysMs: [0, 600_000] },
      retention: { maxAgeMs: 1_000, everyMs: 5 },
    })
    const exhausted = new Promise((resolve) => old.on('exhausted', resolve))
    const receiver = await receive({ answers: () => failing })
    await old.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(old)
    await old.idle()
    clock.advance(2_000)
    expect(await exhausted).toMatchObject({ deliveryId: id, state: 'exhausted', reason: 'age' })
  })
})

describe('what an attempt tells', () => {
  test('a receiver that hangs is a time-out, and costs no more than the deadline', async () => {
    const emitter = await open({ deadlineMs: 50, retry: { delaysMs: [0] } })
    const receiver = await receive({ answers: () => hang })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.attempts(id)).toMatchObject([{ outcome: { word: 'timeout.total' } }])
  })

  test('a port where nobody listens is a refused connection', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const receiver = await receive()
    await receiver.close()
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.attempts(id)).toMatchObject([
      { outcome: { word: 'connect.refused' }, certificateVerification: 'none' },
    ])
  })

  test('the beginning of the answer is kept', async () => {
    const emitter = await open()
    const receiver = await receive({ answers: [{ kind: 'status', status: 400, body: 'no such job' }] })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect((await emitter.deliveries.attempts(id))[0]).toMatchObject({
      outcome: { word: 'http.4xx', status: 400 },
      answerExcerpt: 'no such job',
    })
  })

  test('a redirect is an outcome and is not followed', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const other = await receive()
    const receiver = await receive({
      answers: [{ kind: 'status', status: 307, headers: { location: other.url } }],
    })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.attempts(id)).toMatchObject([
      { outcome: { word: 'http.3xx', status: 307 } },
    ])
    expect(other.connectionCount).toBe(0)
  })
})

test('a self-signed certificate is refused, unless that subscription skips verification; each attempt says which', async () => {
  const emitter = await open()
  const receiver = await receive({ certificate: await createSelfSignedCertificate() })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}strict` })
  await emitter.subscriptions.create({
    subject,
    url: `${receiver.url}skipping`,
    skipCertificateVerification: true,
  })
  const attempts = attemptsOf(emitter)
  const { deliveries } = await emitter.emit(createPush())
  await emitter.idle()
  const [strict, skipping] = deliveries.map(({ id }) =>
    attempts.filter(({ delivery }) => delivery.deliveryId === id),
  )
  expect(skipping).toMatchObject([
    { attempt: { outcome: { word: 'http.2xx' }, certificateVerification: 'skipped' } },
  ])
  expect(strict).toMatchObject([
    {
      attempt: { outcome: { word: 'tls.self-signed' }, certificateVerification: 'verified' },
      next: { kind: 'again', delayMs: 1_800_000 },
    },
  ])
  expect(receiver.requests.map(({ path }) => path)).toEqual(['/skipping'])
})

test('a name that resolves to a forbidden address is not dialled, and the tenant does not learn the address', async () => {
  const emitter = await open({
    addresses: { allow: ['127.0.0.1/32'] },
    retry: { delaysMs: [0] },
    resolver: () => Promise.resolve([{ address: '127.0.0.2', family: 4 }]),
  })
  const receiver = await receive({ address: '127.0.0.2' })
  const attempts = attemptsOf(emitter)
  await emitter.subscriptions.create({ subject, url: `http://ci.example.com:${receiver.port}/` })
  const id = await deliver(emitter)
  await emitter.idle()
  expect(attempts).toMatchObject([
    { attempt: { outcome: { kind: 'blocked', word: 'target.blocked' }, answerExcerpt: null } },
  ])
  expect(receiver.connectionCount).toBe(0)
  expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'exhausted' })
})

import { createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { createManualClock, type ManualClock } from '@posthorn/test-kit/manual-clock'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { type Answer, hang } from '@posthorn/test-kit/receiver-answer'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { AttemptedEvent, Emitter, EmitterOptions } from '../src/index.ts'
import { createPush, startEmitter, subject } from './samples.ts'

const failing: Answer = { kind: 'status', status: 503 }

async function open(options: Partial<EmitterOptions> = {}): Promise<Emitter> {
  const emitter = await startEmitter(options)
  onTestFinished(() => emitter.stop({ timeoutMs: 100 }))
  return emitter
}

async function receive(options: Parameters<typeof createReceiver>[0] = {}): Promise<Receiver> {
  const receiver = await createReceiver(options)
  onTestFinished(() => receiver.close())
  return receiver
}

/** Emits a push and gives the id of its first delivery. */
async function deliver(emitter: Emitter): Promise<string> {
  const { deliveries } = await emitter.emit(createPush())
  return deliveries[0]?.id ?? ''
}

function attemptsOf(emitter: Emitter): AttemptedEvent[] {
  const attempts: AttemptedEvent[] = []
  emitter.on('attempted', (event) => void attempts.push(event))
  return attempts
}

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

describe('one bad receiver', () => {
  test('that hangs delays nobody else', async () => {
    const emitter = await open({ deadlineMs: 60_000 })
    const bad = await receive({ answers: () => hang })
    const good = await receive()
    await emitter.subscriptions.create({ subject, url: bad.url })
    await emitter.subscriptions.create({ subject, url: good.url })
    for (let count = 0; count < 30; count += 1) await emitter.emit(createPush())
    await good.waitForRequests(30)
    expect(bad.requests.length).toBeLessThanOrEqual(10)
  })

  test('has no more attempts at a time than its lane has slots', async () => {
    const emitter = await open({ concurrency: { perLane: 2 } })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const accepted: Answer = { kind: 'status', status: 200 }
    const receiver = await receive({ answers: () => ({ kind: 'after', released, answer: accepted }) })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
    await receiver.waitForRequests(2)
    expect(await emitter.stats()).toMatchObject({ inFlightCount: 2, leasedCount: 2, pendingCount: 8 })
    release()
    await receiver.waitForRequests(10)
  })

  test('whose last attempt timed out gets one slot until it succeeds', async () => {
    const emitter = await open({ deadlineMs: 100, retry: { delaysMs: [0] } })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const accepted: Answer = { kind: 'status', status: 200 }
    const receiver = await receive({
      answers: (_request, index) => (index === 0 ? hang : { kind: 'after', released, answer: accepted }),
    })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await deliver(emitter)
    await emitter.idle()
    for (let count = 0; count < 5; count += 1) await emitter.emit(createPush())
    await receiver.waitForRequests(2)
    expect(await emitter.stats()).toMatchObject({ leasedCount: 1, pendingCount: 4 })
    release()
    await emitter.idle()
    expect(receiver.requests).toHaveLength(6)
  })
})

describe('the breaker of a subscription', () => {
  test('opens after ten failures, lets one probe through at a time, and closes with its success', async () => {
    const clock = createManualClock()
    let isBroken = true
    const emitter = await open({ clock, pollMs: 10, retry: { delaysMs: [0, 3_600_000] }, random: () => 0.5 })
    const told: unknown[] = []
    emitter.on('parked', ({ forMs, cause }) => void told.push([cause, forMs]))
    emitter.on('recovered', () => void told.push('recovered'))
    const receiver = await receive({ answers: () => ({ kind: 'status', status: isBroken ? 500 : 200 }) })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
    await emitter.idle()
    expect(told).toEqual([['breaker', 10_000]])

    const waiting = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'parked', attemptCount: 0 })
    clock.advance(10_000)
    await receiver.waitForRequests(11)
    await emitter.idle()
    expect(told).toEqual([
      ['breaker', 10_000],
      ['breaker', 20_000],
    ])
    expect(await emitter.deliveries.get(waiting)).toMatchObject({ attemptCount: 1, countedAttemptCount: 0 })

    isBroken = false
    clock.advance(20_000)
    await receiver.waitForRequests(12)
    await emitter.idle()
    expect(told.at(-1)).toBe('recovered')
    expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'delivered' })
  })
})

describe('the breaker of a lane', () => {
  const parkedScopes = (emitter: Emitter): string[] => {
    const scopes: string[] = []
    emitter.on('parked', ({ scope }) => void scopes.push(scope))
    return scopes
  }

  test('opens when several of its subscriptions get no answer, and holds all of them', async () => {
    const clock = createManualClock()
    const emitter = await open({ clock, pollMs: 10, retry: { delaysMs: [0, 60_000] } })
    const scopes = parkedScopes(emitter)
    const receiver = await receive()
    await receiver.close()
    for (const path of ['a', 'b', 'c'])
      await emitter.subscriptions.create({ subject, url: receiver.url + path })
    await emitter.emit(createPush())
    await emitter.idle()
    expect(scopes).toEqual([`lane:${new URL(receiver.url).origin}`])
    const { deliveries } = await emitter.emit(createPush())
    await emitter.idle()
    for (const { id } of deliveries) {
      expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'parked', attemptCount: 0 })
    }
  })

  test('stays closed while its receiver answers, whatever the status', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const scopes = parkedScopes(emitter)
    const receiver = await receive({ answers: () => failing })
    for (const path of ['a', 'b', 'c'])
      await emitter.subscriptions.create({ subject, url: receiver.url + path })
    await emitter.emit(createPush())
    await emitter.idle()
    expect(scopes).toEqual([])
  })

  test('of a single subscription never opens, so that a lone delivery runs its whole schedule', async () => {
    const emitter = await open({ retry: { delaysMs: [0, 1, 1, 1, 1, 1, 1, 1] } })
    const scopes = parkedScopes(emitter)
    const receiver = await receive()
    await receiver.close()
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'exhausted', countedAttemptCount: 8 })
    expect(scopes).toEqual([])
  })
})

describe('a receiver that says that it is gone', () => {
  test('is disabled; what comes for it is kept until its user says otherwise', async () => {
    const emitter = await open()
    const disabled: unknown[] = []
    emitter.on('subscription-disabled', (event) => void disabled.push(event))
    const receiver = await receive({ answers: [{ kind: 'status', status: 410 }] })
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    await deliver(emitter)
    await emitter.idle()
    expect(disabled).toEqual([{ subscriptionId: id, reason: 'gone' }])
    expect(await emitter.subscriptions.get(id)).toMatchObject({ active: true, disabled: { reason: 'gone' } })
    const kept = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(kept)).toMatchObject({ state: 'parked' })
    await emitter.subscriptions.update(id, { active: true })
    await emitter.idle()
    expect(await emitter.deliveries.get(kept)).toMatchObject({ state: 'delivered' })
  })

  test('so is one whose deliveries run out of attempts five times in a row', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const receiver = await receive({ answers: () => ({ kind: 'status', status: 404 }) })
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    for (let count = 0; count < 4; count += 1) await deliver(emitter)
    await emitter.idle()
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
    await deliver(emitter)
    await emitter.idle()
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: { reason: 'exhausted' } })
  })

  test('more than a thousand kept deliveries lose the oldest, and say so', async () => {
    const emitter = await open({ retention: { maxPerDisabledSubscription: 2, everyMs: 5 } })
    const discarded: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    emitter.on('discarded', ({ deliveryId }) => {
      discarded.push(deliveryId)
      resolve()
    })
    const receiver = await receive({ answers: [{ kind: 'status', status: 410 }] })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await deliver(emitter)
    await emitter.idle()
    const ids = [await deliver(emitter), await deliver(emitter), await deliver(emitter)]
    await promise
    expect(discarded).toEqual([ids[0]])
    expect(await emitter.deliveries.get(ids[0] ?? '')).toMatchObject({
      state: 'discarded',
      reason: 'retention-bound',
    })
  })
})

describe('an ordered subscription', () => {
  test('gets the pushes of a repository one after another, in the order they were emitted', async () => {
    const emitter = await open({ retry: { delaysMs: [0, 0] } })
    const receiver = await receive({ answers: [failing] })
    await emitter.subscriptions.create({ subject, url: receiver.url, order: 'repository' })
    const ids = []
    for (let count = 0; count < 5; count += 1) ids.push(await deliver(emitter))
    await emitter.idle()
    expect(receiver.requests.map(({ headers }) => headers['x-request-uuid'])).toEqual([ids[0], ...ids])
  })
})

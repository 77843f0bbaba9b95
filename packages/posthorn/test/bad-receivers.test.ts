import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { type Answer, hang } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import type { Emitter } from '../src/index.ts'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

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

  test('stays closed when paths hang whose origin accepts connections', async () => {
    const emitter = await open({ deadlineMs: 50, retry: { delaysMs: [0] } })
    const scopes = parkedScopes(emitter)
    const receiver = await receive({ answers: () => hang })
    for (const path of ['a', 'b', 'c', 'd'])
      await emitter.subscriptions.create({ subject, url: receiver.url + path })
    await emitter.emit(createPush())
    await emitter.idle()
    expect(scopes).toEqual([])
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
  test('that gives up its order does not leave deliveries behind a head that fails', async () => {
    const clock = createManualClock()
    const emitter = await open({
      clock,
      pollMs: 10,
      retry: { delaysMs: [0, 60_000, 60_000, 60_000, 60_000] },
    })
    const setAside = new Promise((resolve) => emitter.on('set-aside', resolve))
    let head: string | undefined
    const receiver = await receive({
      answers: ({ headers }) => {
        head ??= String(headers['x-request-uuid'])
        return { kind: 'status', status: headers['x-request-uuid'] === head ? 500 : 200 }
      },
    })
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, order: 'repository' })
    await deliver(emitter)
    await emitter.idle()
    const behind = await deliver(emitter)
    await emitter.subscriptions.update(id, { order: 'none' })
    for (const count of [2, 3]) {
      clock.advance(60_000)
      await receiver.waitForRequests(count)
      await emitter.idle()
    }
    await setAside
    await emitter.idle()
    expect(await emitter.deliveries.get(behind)).toMatchObject({ state: 'delivered' })
  })

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

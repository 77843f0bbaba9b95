import { createManualClock } from '@posthorn/test-kit/manual-clock'
import type { Answer } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { deliver, failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'
import { createScriptedStore, lasting } from './scripted-store.ts'

const accepted: Answer = { kind: 'status', status: 200 }

describe('a subscription that is changed while an attempt to what it was runs', () => {
  async function changeDuringAttempt(
    answer: Answer,
    change: { readonly title?: string; readonly url?: string },
  ) {
    const emitter = await open({ retry: { delaysMs: [0, 60_000] } })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const old = await receive({ answers: [{ kind: 'after', released, answer }] })
    const { id } = await emitter.subscriptions.create({ subject, url: old.url })
    await deliver(emitter)
    await old.waitForRequests(1)
    await emitter.subscriptions.update(id, change)
    release()
    await emitter.idle()
    return { emitter, id }
  }

  test('is not disabled by its 410', async () => {
    const { emitter, id } = await changeDuringAttempt({ kind: 'status', status: 410 }, { title: 'changed' })
    expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null, title: 'changed' })
  })

  test('is not parked by its Retry-After', async () => {
    const current = await receive()
    const asked: Answer = { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }
    const { emitter } = await changeDuringAttempt(asked, { url: current.url })
    const id = await deliver(emitter)
    await emitter.idle()
    expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered' })
  })
})

test.for([
  ['another URL', (url: string) => ({ url })],
  ['a user who says that it works again', () => ({ active: true })],
] as const)('%s begins with a clean slate', async ([, toPatch]) => {
  const emitter = await open({ clock: createManualClock(), retry: { delaysMs: [0, 60_000] } })
  let isBroken = true
  const broken = await receive({ answers: () => (isBroken ? failing : accepted) })
  const mended = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: broken.url })
  for (let count = 0; count < 10; count += 1) await emitter.emit(createPush())
  await emitter.idle()
  const waiting = await deliver(emitter)
  expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'parked' })
  isBroken = false
  await emitter.subscriptions.update(id, toPatch(mended.url))
  await emitter.idle()
  expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'delivered' })
})

test('a quick retry goes to what the subscription says by then', async () => {
  const emitter = await open({ retry: { delaysMs: [0, 200] } })
  const first = await receive({ answers: () => failing })
  const second = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: first.url })
  emitter.on('attempted', async ({ attempt }) => {
    if (attempt.number === 1) await emitter.subscriptions.update(id, { url: second.url })
  })
  await deliver(emitter)
  await second.waitForRequests(1)
  expect(second.requests[0]?.headers['x-attempt-number']).toBe('2')
  expect(first.requests).toHaveLength(1)
})

describe('while a quick retry waits', () => {
  async function waitForQuickRetry() {
    const emitter = await open({ retry: { delaysMs: [0, 100, 100] } })
    const receiver = await receive({ answers: () => failing })
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const attempted = new Promise((resolve) => emitter.on('attempted', resolve))
    const deliveryId = await deliver(emitter)
    await attempted
    return { emitter, receiver, id, deliveryId }
  }

  test('deleting the subscription ends it', async () => {
    const { emitter, receiver, id } = await waitForQuickRetry()
    await emitter.subscriptions.delete(id)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
  })

  test('cancelling the delivery ends it', async () => {
    const { emitter, receiver, deliveryId } = await waitForQuickRetry()
    expect(await emitter.deliveries.cancel(deliveryId)).toBe(true)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
  })

  test('switching the subscription off gives it back, and on again goes on', async () => {
    const { emitter, receiver, id, deliveryId } = await waitForQuickRetry()
    await emitter.subscriptions.update(id, { active: false })
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({
      state: 'parked',
      countedAttemptCount: 1,
    })
    await emitter.subscriptions.update(id, { active: true })
    await emitter.idle()
    expect(await emitter.deliveries.get(deliveryId)).toMatchObject({
      state: 'exhausted',
      countedAttemptCount: 3,
    })
  })
})

test('a shorter Retry-After does not cut a longer park short', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const asked = (seconds: string): Answer => ({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': seconds },
  })
  const emitter = await open({ clock: createManualClock(), retry: { delaysMs: [0, 60_000] } })
  const receiver = await receive({
    answers: [{ kind: 'after', released, answer: asked('1') }, asked('3600')],
  })
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  const firstPark = new Promise<void>((resolve) => {
    emitter.on('parked', ({ forMs }) => {
      parked.push(forMs)
      resolve()
    })
  })
  await deliver(emitter)
  await deliver(emitter)
  await firstPark
  release()
  await emitter.idle()
  expect(parked[0]).toBe(3_600_000)
  expect(parked[1]).toBeGreaterThan(3_590_000)
  expect(await emitter.subscriptions.get(id)).toMatchObject({ disabled: null })
})

test('a ping that could not be stored can be made again at once', async () => {
  const { store, fail } = createScriptedStore()
  const emitter = await open({ store })
  const receiver = await receive()
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  fail('append', lasting)
  await expect(emitter.ping(id)).rejects.toBe(lasting)
  expect(await emitter.ping(id, { wait: true })).toMatchObject({ state: 'delivered' })
})

test('a date in Retry-After is read by the clock of the emitter', async () => {
  const clock = createManualClock(Date.UTC(2040, 0, 1))
  const emitter = await open({ clock, retry: { delaysMs: [0, 1_000] } })
  const date = new Date(clock.now() + 600_000).toUTCString()
  const receiver = await receive({
    answers: () => ({ kind: 'status', status: 503, headers: { 'retry-after': date } }),
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const parked: number[] = []
  emitter.on('parked', ({ forMs }) => void parked.push(forMs))
  await deliver(emitter)
  await emitter.idle()
  expect(parked).toEqual([600_000])
})

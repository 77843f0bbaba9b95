import { createReceiver } from '@posthorn/test-kit/receiver'
import { hang } from '@posthorn/test-kit/receiver-answer'
import { createEmitter, type Emitter, type PushEvent } from 'posthorn'
import { expect, onTestFinished, test } from 'vitest'
import { actor, repository, site, subject } from '../sample-push.ts'

const push: PushEvent = { key: 'repo:push', repository, actor, refUpdates: [] }
const eventCount = 40

/** Two subscriptions on one origin: `/ok` accepts, `/hang` never answers. */
async function openOrigin(deadlineMs: number) {
  const receiver = await createReceiver({
    answers: ({ path }) => (path === '/hang' ? hang : { kind: 'status', status: 200 }),
  })
  const emitter = await createEmitter({
    site,
    addresses: { allow: ['127.0.0.0/8'] },
    deadlineMs,
    retry: { delaysMs: [0, 60_000] },
  })
  onTestFinished(async () => {
    await emitter.stop({ timeoutMs: 0 })
    await receiver.close()
  })
  const scopes: string[] = []
  emitter.on('parked', ({ scope }) => void scopes.push(scope))
  const [ok, hanging] = await Promise.all(
    ['ok', 'hang'].map((path) => emitter.subscriptions.create({ subject, url: receiver.url + path })),
  )
  return { emitter, receiver, scopes, ok: ok?.id ?? '', hanging: hanging?.id ?? '' }
}

/** Resolves when so many deliveries of a subscription have arrived. */
function arrivals(emitter: Emitter, subscriptionId: string, count: number): Promise<void> {
  let leftCount = count
  return new Promise((resolve) => {
    emitter.on('delivered', (delivery) => {
      if (delivery.subscriptionId === subscriptionId) leftCount -= 1
      if (leftCount === 0) resolve()
    })
  })
}

test('a path that hangs does not hold up another one of its origin, while its requests are open', async () => {
  const { emitter, receiver, scopes, ok, hanging } = await openOrigin(300_000)
  const arrived = arrivals(emitter, ok, eventCount)
  await Promise.all(Array.from({ length: eventCount }, () => emitter.emit(push)))
  await arrived
  const { leasedCount, inFlightCount } = await emitter.stats()
  const open = receiver.requests.filter(({ path }) => path === '/hang').length
  expect(open).toBeGreaterThan(0)
  expect({ leasedCount, inFlightCount }).toEqual({ leasedCount: open, inFlightCount: open })
  const { deliveries } = await emitter.deliveries.list({ subscriptionId: hanging })
  expect(deliveries.map(({ attemptCount }) => attemptCount)).toEqual(Array(eventCount).fill(0))
  expect(scopes).toEqual([])
})

test('the breaker that a hanging path opens is its own, and the lane stays open for the other', async () => {
  const { emitter, receiver, scopes, ok, hanging } = await openOrigin(250)
  const parked = new Promise((resolve) => emitter.on('parked', resolve))
  for (let count = 0; count < 10; count += 1) await emitter.emit(push)
  await parked
  const arrived = arrivals(emitter, ok, eventCount)
  const hangingCount = receiver.requests.filter(({ path }) => path === '/hang').length
  const receipts = await Promise.all(Array.from({ length: eventCount }, () => emitter.emit(push)))
  await arrived
  await emitter.idle()
  expect(scopes).toEqual([`subscription:${hanging}`])
  expect(receiver.requests.filter(({ path }) => path === '/hang')).toHaveLength(hangingCount)
  for (const { deliveries } of receipts) {
    for (const { id, subscriptionId } of deliveries) {
      const state = subscriptionId === ok ? 'delivered' : 'parked'
      expect(await emitter.deliveries.get(id)).toMatchObject({ state })
    }
  }
})

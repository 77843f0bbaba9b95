import { createSqliteStore } from '@posthorn/store-sqlite'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { accepted } from '@posthorn/test-kit/receiver-answer'
import { createEmitter, type Emitter } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addresses, site, subject, toSamplePush } from '../sample-push.ts'
import { expectDeliveredOnce } from './processes/delivered-once.ts'
import { type StoreProcess, startProcess } from './processes/store-process.ts'
import { useWorkplace } from './processes/workplace.ts'

const heldCount = 3
const laterCount = 2

const place = useWorkplace()
let release: () => void
let receiver: Receiver
let emitter: Emitter

beforeEach(async () => {
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  // What the first process has sent stays unanswered, so that it holds the leases.
  const hold = { kind: 'after', released, answer: accepted } as const
  receiver = await createReceiver({ answers: (_, index) => (index < heldCount ? hold : accepted) })
  emitter = await createEmitter({
    site,
    addresses,
    store: createSqliteStore({ location: place.location }),
    role: 'emit',
  })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}hook` })
})

afterEach(async () => {
  await emitter.stop()
  await receiver.close()
})

const startDelivering = (): StoreProcess =>
  startProcess({
    file: import.meta.resolve('./processes/emitter-child.ts'),
    args: ['--location', place.location, '--role', 'deliver'],
    // It comes here to renew its leases or to look for more, and has no transaction open then.
    stopAt: 'before begin immediate',
  })

async function emit(count: number): Promise<readonly string[]> {
  const receipts = await Promise.all(
    Array.from({ length: count }, (_, index) => emitter.emit(toSamplePush(`${count}-${index}`))),
  )
  return receipts.flatMap(({ deliveries }) => deliveries.map(({ id }) => id))
}

/** Two processes that deliver, of which one is stopped with leases and the other has taken over all that it had. */
async function takeOver(): Promise<{
  readonly stopped: StoreProcess
  readonly other: StoreProcess
  readonly held: readonly string[]
  readonly later: readonly string[]
}> {
  const stopped = startDelivering()
  await stopped.heard('ready', 1)
  const held = await emit(heldCount)
  await receiver.waitForRequests(heldCount)
  const other = startDelivering()
  await other.heard('ready', 1)
  stopped.send('arm')
  await stopped.heard('stopped', 1)
  const later = await emit(laterCount)
  const delivered = await other.heard('delivered', heldCount + laterCount)
  expect(delivered.toSorted()).toEqual([...held, ...later].toSorted())
  return { stopped, other, held, later }
}

test('what a stopped process has under lease is taken over, and its own late settlements are refused', {
  timeout: 60_000,
}, async () => {
  const { stopped, other, held, later } = await takeOver()
  release()
  await stopped.resume()
  expect(await stopped.heard('settle', heldCount)).toEqual(held.map(() => 'lease-lost'))
  expect(stopped.said('delivered')).toEqual([])
  // It goes on as one of two.
  expect(await other.end()).toBe(0)
  const [last = ''] = await emit(1)
  expect(await stopped.heard('delivered', 1)).toEqual([last])
  expect(await stopped.end()).toBe(0)
  const counts = await expectDeliveredOnce(emitter, [...held, ...later, last], receiver.requests)
  expect(held.map((id) => counts.get(id))).toEqual([2, 2, 2])
})

test('what a killed process had under lease is taken over', { timeout: 60_000 }, async () => {
  const { stopped, other, held, later } = await takeOver()
  stopped.kill()
  expect(await stopped.ended).toBe('SIGKILL')
  release()
  const [last = ''] = await emit(1)
  await other.heard('delivered', heldCount + laterCount + 1)
  expect(await other.end()).toBe(0)
  await expectDeliveredOnce(emitter, [...held, ...later, last], receiver.requests)
})

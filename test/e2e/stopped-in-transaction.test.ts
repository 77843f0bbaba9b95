import { createSqliteStore } from '@posthorn/store-sqlite'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { createEmitter, type Emitter, type PushEvent, type Receipt, StoreError } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addresses, site, subject, toSamplePush } from '../sample-push.ts'
import { expectDeliveredOnce } from './processes/delivered-once.ts'
import { type StopPoint, type StoreProcess, startProcess } from './processes/store-process.ts'
import { useWorkplace } from './processes/workplace.ts'

/** Each is inside a transaction. A process that only emits has no commits but those of emits. */
const points: readonly { readonly point: StopPoint; readonly role: 'emit' | 'both' }[] = [
  { point: 'after insert into bodies', role: 'both' },
  { point: 'after insert into attempts', role: 'both' },
  { point: 'before commit', role: 'emit' },
]
const endings = ['goes on', 'is killed'] as const

const busy = { name: 'StoreError', code: 'store.busy', isTransient: true }

const place = useWorkplace()
let receiver: Receiver
let emitter: Emitter

beforeEach(async () => {
  receiver = await createReceiver()
  emitter = await createEmitter({
    site,
    addresses,
    store: createSqliteStore({ location: place.location, busyTimeoutMs: 50 }),
    leaseMs: 2_000,
    pollMs: 50,
  })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}hook` })
})

afterEach(async () => {
  await emitter.stop()
  await receiver.close()
})

test.for(points.flatMap((stop) => endings.map((ending) => ({ ...stop, ending }))))(
  'a process is stopped $point, and $ending: the other one is refused meanwhile, and delivers everything without a restart',
  { timeout: 60_000 },
  async ({ point, role, ending }) => {
    const stopped = await stopAt(point, role)
    const refused: PushEvent = { ...toSamplePush('refused'), id: 'emitted-while-busy' }
    await expect(emitter.emit(refused)).rejects.toMatchObject(busy)
    await expect(
      emitter.subscriptions.create({ subject, url: `${receiver.url}other` }),
    ).rejects.toMatchObject(busy)
    expect(await emitter.subscriptions.list(subject)).toHaveLength(1)
    await busyWarning()

    if (ending === 'goes on') {
      stopped.send('enough')
      await stopped.resume()
    } else {
      stopped.kill()
      await stopped.ended
    }
    const { repeated, deliveries } = await emitUntilTaken(refused)
    expect(repeated).toBe(false)
    if (ending === 'goes on') expect(await stopped.end()).toBe(0)
    // Longer than any lease that a process left behind.
    await emitter.idle({ withinMs: 10_000 })
    await emitter.stop()
    const acknowledged = [...stopped.said('acknowledged'), ...deliveries.map(({ id }) => id)]
    await withReader((reader) => expectDeliveredOnce(reader, acknowledged, receiver.requests))
  },
)

/** Starts a process that emits without end, until it is stopped at the point. */
async function stopAt(point: StopPoint, role: 'emit' | 'both'): Promise<StoreProcess> {
  const started = startProcess({
    file: import.meta.resolve('./processes/emitter-child.ts'),
    args: ['--location', place.location, '--role', role],
    stopAt: point,
  })
  await started.heard('ready', 1)
  started.send('emit-on')
  await started.heard('acknowledged', 1)
  started.send('arm')
  await started.heard('stopped', 1)
  return started
}

/** The emitter's own work is refused as well, and says so. */
async function busyWarning(): Promise<void> {
  const warning = await new Promise((resolve) => {
    emitter.on('warning', resolve)
  })
  expect(warning).toMatchObject({ kind: 'engine-fault', error: busy })
}

/** Does as the error says. */
async function emitUntilTaken(event: PushEvent): Promise<Receipt> {
  for (;;) {
    try {
      return await emitter.emit(event)
    } catch (error) {
      if (!(error instanceof StoreError && error.isTransient)) throw error
    }
  }
}

async function withReader(read: (reader: Emitter) => Promise<unknown>): Promise<void> {
  const store = createSqliteStore({ location: place.location })
  const reader = await createEmitter({ site, store, role: 'emit' })
  await read(reader)
  await reader.stop()
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { accepted, hang } from '@posthorn/test-kit/receiver-answer'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type FinishedEvent } from '../src/index.ts'
import { createPush, createRepository, startEmitter, subject } from './samples.ts'
import { createScriptedStore, lasting, passing } from './scripted-store.ts'

describe('idle', () => {
  test('waits for attempts that run and for quick retries', async () => {
    const receiver = await createReceiver({ answers: [{ kind: 'status', status: 500 }] })
    const emitter = await startEmitter({ retry: { delaysMs: [0, 30] } })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    await emitter.idle()
    expect(receiver.requests).toHaveLength(2)
    await emitter.stop()
    await receiver.close()
  })

  test('does not wait for what falls due later, unless it is asked to', async () => {
    const receiver = await createReceiver({ answers: [{ kind: 'status', status: 500 }] })
    const emitter = await startEmitter({ retry: { delaysMs: [0, 1_100] } })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    await emitter.idle()
    expect(receiver.requests).toHaveLength(1)
    await emitter.idle({ withinMs: 10_000 })
    expect(receiver.requests).toHaveLength(2)
    await emitter.stop()
    await receiver.close()
  })

  test('waits for listeners that take their time', async () => {
    const receiver = await createReceiver()
    const emitter = await startEmitter()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const order: string[] = []
    const heard = new Promise<void>((resolve) => {
      emitter.on('delivered', async () => {
        resolve()
        await released
        order.push('listener')
      })
    })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    const idle = emitter.idle().then(() => order.push('idle'))
    await heard
    // As many turns as idle would need to see that nothing else goes on.
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
    release()
    await idle
    expect(order).toEqual(['listener', 'idle'])
    await emitter.stop()
    await receiver.close()
  })
})

describe('stop', () => {
  test('lets attempts that run come to their end', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const receiver = await createReceiver({
      answers: () => ({ kind: 'after', released, answer: { kind: 'status', status: 200 } }),
    })
    const emitter = await startEmitter()
    const delivered: FinishedEvent[] = []
    emitter.on('delivered', (event) => void delivered.push(event))
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    await receiver.waitForRequests(1)
    const stopped = emitter.stop()
    release()
    await stopped
    expect(delivered).toHaveLength(1)
    await receiver.close()
  })

  test('gives attempts that run too long back, without using them up', async () => {
    const store = createMemoryStore()
    const receiver = await createReceiver({
      answers: (_request, index) => (index === 0 ? hang : { kind: 'status', status: 200 }),
    })
    const emitter = await startEmitter({ store, deadlineMs: 60_000 })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const { deliveries } = await emitter.emit(createPush())
    await receiver.waitForRequests(1)
    await emitter.stop({ timeoutMs: 0 })

    const next = await startEmitter({ store })
    await next.idle()
    const id = deliveries[0]?.id ?? ''
    expect(await next.deliveries.get(id)).toMatchObject({
      state: 'delivered',
      attemptCount: 2,
      countedAttemptCount: 1,
    })
    expect(await next.deliveries.attempts(id)).toMatchObject([
      { outcome: { kind: 'stopped' }, isCounted: false },
      { outcome: { word: 'http.2xx' }, isCounted: true },
    ])
    await next.stop()
    await receiver.close()
  })

  test('tells of an attempt that could not be settled while it stopped', async () => {
    const { store, fail } = createScriptedStore()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const receiver = await createReceiver({ answers: [{ kind: 'after', released, answer: accepted }] })
    const emitter = await startEmitter({ store })
    const warnings: unknown[] = []
    emitter.on('warning', (warning) => void warnings.push(warning))
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    await receiver.waitForRequests(1)
    fail('settle', lasting)
    const stopped = emitter.stop()
    release()
    await stopped
    expect(warnings).toEqual([{ kind: 'engine-fault', activity: 'delivery', error: lasting }])
    await receiver.close()
  })

  test.for(['renew', 'getSubscriptions', 'compareAndSetHealth'])(
    'begins nothing more at a busy store once its time is over, where %s was under way',
    async (method) => {
      const failed = Promise.withResolvers<void>()
      const underWay = Promise.withResolvers<void>()
      const aborted = Promise.withResolvers<void>()
      const busyCalls: string[] = []
      let isAttempted = false
      const store = createWatchedStore(createMemoryStore(), async (call) => {
        if (!isAttempted || call.method === 'close') return
        if (busyCalls.length === 0 && call.method !== method) return
        busyCalls.push(call.method)
        underWay.resolve()
        if (call.method === 'settle') aborted.resolve()
        await failed.promise
        throw passing
      })
      const failing = await createReceiver({
        answers: () => {
          isAttempted = true
          return { kind: 'status', status: 503 }
        },
      })
      const hanging = await createReceiver({ answers: () => hang })
      const emitter = await startEmitter({ store, deadlineMs: 60_000 })
      const other = { type: 'repository', id: createRepository(2).uuid } as const
      await emitter.subscriptions.create({ subject: other, url: hanging.url })
      await emitter.subscriptions.create({ subject, url: failing.url })
      await emitter.emit(createPush({ repository: createRepository(2) }))
      await hanging.waitForRequests(1)
      await emitter.emit(createPush())
      await underWay.promise
      const stopped = emitter.stop({ timeoutMs: 0 })
      await aborted.promise
      failed.resolve()
      await stopped
      expect(busyCalls).toEqual([method, 'settle'])
      await Promise.all([failing.close(), hanging.close()])
    },
  )

  test('ends the wait for a quick retry, and gives the delivery back', async () => {
    const store = createMemoryStore()
    const receiver = await createReceiver({ answers: () => ({ kind: 'status', status: 500 }) })
    const emitter = await startEmitter({ store, retry: { delaysMs: [0, 1_000, 1_000] } })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const { deliveries } = await emitter.emit(createPush())
    const attempted = new Promise((resolve) => emitter.on('attempted', resolve))
    await attempted
    await emitter.stop()
    const next = await startEmitter({ store, role: 'emit' })
    expect(await next.deliveries.get(deliveries[0]?.id ?? '')).toMatchObject({
      state: 'pending',
      countedAttemptCount: 1,
    })
    await next.stop()
    await receiver.close()
  })

  test('waits for emits that were accepted', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const store = createWatchedStore(createMemoryStore(), ({ method }) =>
      method === 'append' ? released : undefined,
    )
    const emitter = await startEmitter({ store })
    await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/' })
    const order: string[] = []
    const emitted = emitter.emit(createPush()).then(() => order.push('emitted'))
    const stopped = emitter.stop().then(() => order.push('stopped'))
    release()
    await Promise.all([emitted, stopped])
    expect(order).toEqual(['emitted', 'stopped'])
  })

  test('can be called by a listener, and does not wait for one that never ends', async () => {
    const receiver = await createReceiver()
    const emitter = await startEmitter()
    const { promise: stopped, resolve } = Promise.withResolvers<void>()
    emitter.on('delivered', () => new Promise<void>(() => {}))
    emitter.on('delivered', async () => {
      await emitter.stop()
      resolve()
    })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    await stopped
    await receiver.close()
  })

  test('without a time-out lets attempts run to their own end', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const answer = { kind: 'after', released, answer: { kind: 'status', status: 200 } } as const
    const receiver = await createReceiver({ answers: [answer] })
    const emitter = await startEmitter()
    const delivered = new Promise((resolve) => emitter.on('delivered', resolve))
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush())
    await receiver.waitForRequests(1)
    const stopped = emitter.stop({ timeoutMs: Number.POSITIVE_INFINITY })
    setTimeout(release, 20)
    await Promise.all([stopped, delivered])
    await receiver.close()
  })

  test('refuses everything afterwards, and can be called again', async () => {
    const emitter = await startEmitter()
    const stopped = emitter.stop()
    expect(emitter.stop()).toBe(stopped)
    await expect(emitter.emit(createPush())).rejects.toMatchObject({ code: 'emitter.stopped' })
    await stopped
    for (const call of [
      () => emitter.idle(),
      () => emitter.stats(),
      () => emitter.subscriptions.list(subject),
      () => emitter.deliveries.list(),
      () => emitter.ping('x'),
      () => emitter.interest(createPush().repository, 'repo:push'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'emitter.stopped' })
    }
  })
})

describe('stop, while functions of the host hang', () => {
  /** Hangs when it is told to, and tells when it is called then. */
  function createHanging() {
    let hangsIn: 'encrypt' | 'decrypt' | null = null
    const { promise: hanging, resolve } = Promise.withResolvers<void>()
    const answer = (name: 'encrypt' | 'decrypt', text: string) => {
      if (hangsIn !== name) return text
      resolve()
      return new Promise<string>(() => {})
    }
    return {
      hanging,
      hang: (name: 'encrypt' | 'decrypt') => {
        hangsIn = name
      },
      encryption: {
        encrypt: (text: string) => answer('encrypt', text),
        decrypt: (text: string) => answer('decrypt', text),
      },
    }
  }
  // Far beyond what a test may take: whoever waits for it fails.
  const deadlineMs = 300_000
  const url = 'http://127.0.0.1:65535/'

  test('records the attempt that waits for `decrypt` as stopped, and uses none up', async () => {
    const store = createMemoryStore()
    const { encryption, hang: hangIn, hanging } = createHanging()
    const emitter = await startEmitter({ store, encryption, deadlineMs })
    const { id } = await emitter.subscriptions.create({ subject, url })
    hangIn('decrypt')
    const { deliveries } = await emitter.emit(createPush())
    await hanging
    await emitter.stop({ timeoutMs: 1 })
    const next = await startEmitter({ store, role: 'emit', encryption })
    const deliveryId = deliveries[0]?.id ?? ''
    expect(await next.deliveries.attempts(deliveryId)).toMatchObject([
      { outcome: { kind: 'stopped', word: 'stopped' }, isCounted: false },
    ])
    expect(await next.deliveries.get(deliveryId)).toMatchObject({ state: 'pending', subscriptionId: id })
    await next.stop()
  })

  test.for(['emit', 'both'] as const)(
    'ends calls of an emitter with the role %s that wait for them',
    async (role) => {
      const { encryption, hang: hangIn, hanging } = createHanging()
      const emitter = await startEmitter({ role, encryption, deadlineMs })
      const { id } = await emitter.subscriptions.create({ subject, url })
      hangIn('encrypt')
      const stopped = expect.objectContaining({ code: 'emitter.stopped' })
      const creating = emitter.subscriptions.create({ subject, url })
      const updating = emitter.subscriptions.update(id, { secret: 'hunter2' })
      const ended = Promise.all([
        expect(creating).rejects.toEqual(stopped),
        expect(updating).rejects.toEqual(stopped),
      ])
      await hanging
      await emitter.stop({ timeoutMs: 1 })
      await ended
    },
  )

  test('ends calls that wait to read', async () => {
    const { encryption, hang: hangIn, hanging } = createHanging()
    const emitter = await startEmitter({ encryption, deadlineMs })
    const { id } = await emitter.subscriptions.create({ subject, url })
    hangIn('decrypt')
    const reading = expect(emitter.subscriptions.get(id)).rejects.toMatchObject({ code: 'emitter.stopped' })
    await hanging
    await emitter.stop({ timeoutMs: 1 })
    await reading
  })
})

test('a ping that is waited for ends with the emitter', async () => {
  const emitter = await startEmitter({ role: 'emit' })
  const { id } = await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/' })
  const pinging = expect(emitter.ping(id, { wait: true })).rejects.toMatchObject({ code: 'emitter.stopped' })
  await emitter.stats()
  await emitter.stop()
  await pinging
})

describe('a lease that ends while its attempt runs', () => {
  test('is taken over by another process; the late settlement changes nothing and is not reported', async () => {
    const store = createMemoryStore()
    const clock = createManualClock()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const accepted = { kind: 'status', status: 200 } as const
    const receiver = await createReceiver({
      answers: (_request, index) => (index === 0 ? { kind: 'after', released, answer: accepted } : accepted),
    })
    const stalled = await startEmitter({ store, clock, leaseMs: 60_000 })
    const told: string[] = []
    stalled.on('attempted', () => void told.push('stalled'))
    await stalled.subscriptions.create({ subject, url: receiver.url })
    const { deliveries } = await stalled.emit(createPush())
    await receiver.waitForRequests(1)

    clock.advance(60_001)
    const other = await startEmitter({ store, clock, role: 'deliver' })
    other.on('attempted', () => void told.push('other'))
    await receiver.waitForRequests(2)
    await other.idle()
    release()
    await stalled.idle()
    const id = deliveries[0]?.id ?? ''
    expect(told).toEqual(['other'])
    expect(await other.deliveries.attempts(id)).toHaveLength(1)
    expect(receiver.requests.map(({ headers }) => headers['x-request-uuid'])).toEqual([id, id])
    await Promise.all([stalled.stop(), other.stop()])
    await receiver.close()
  })
})

describe('roles', () => {
  test('one emitter writes, another delivers from the same store', async () => {
    const store = createMemoryStore()
    const receiver = await createReceiver()
    const writer = await startEmitter({ store, role: 'emit' })
    const worker = await startEmitter({ store, role: 'deliver' })
    await writer.subscriptions.create({ subject, url: receiver.url })
    await writer.emit(createPush())
    await receiver.waitForRequests(1)
    await worker.idle()
    await expect(worker.emit(createPush())).rejects.toMatchObject({ code: 'emitter.role' })
    await Promise.all([writer.stop(), worker.stop()])
    await receiver.close()
  })
})

describe('the process', () => {
  const run = async (code: string): Promise<{ readonly code: number | null; readonly output: string }> => {
    const samples = join(import.meta.dirname, 'samples.ts')
    const source = `import { createPush, createRepository, startEmitter, subject } from ${JSON.stringify(samples)}\n${code}`
    const args = ['--conditions=@posthorn/source', '--input-type=module', '--eval', source]
    const child = spawn(process.execPath, args, {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    const [exitCode] = (await once(child, 'exit')) as [number | null]
    return { code: exitCode, output }
  }

  test('ends by itself after stop', async () => {
    expect(
      await run('const emitter = await startEmitter(); await emitter.stop(); console.log("stopped")'),
    ).toEqual({
      code: 0,
      output: 'stopped\n',
    })
  })

  test('ends by itself when an emitter that only emits has no call open', async () => {
    const code =
      'const emitter = await startEmitter({ role: "emit" }); await emitter.emit(createPush()); console.log("emitted")'
    expect(await run(code)).toEqual({ code: 0, output: 'emitted\n' })
  })

  test('ends by itself when an emitter that delivers was told not to keep it', async () => {
    const code =
      'const emitter = await startEmitter({ keepAlive: false }); await emitter.emit(createPush()); console.log("emitted")'
    expect(await run(code)).toEqual({ code: 0, output: 'emitted\n' })
  })

  test('goes on while an emitter delivers', async () => {
    const code =
      'await startEmitter(); setTimeout(() => { console.log("still here"); process.exit(7) }, 300).unref()'
    expect(await run(code)).toEqual({ code: 7, output: 'still here\n' })
  })
})

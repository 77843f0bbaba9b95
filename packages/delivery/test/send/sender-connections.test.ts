import { getEventListeners } from 'node:events'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { accepted, closeWithoutAnswer, hang, reset } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { resolveSenderOptions } from '../../src/send/sender-options.ts'
import { countSockets, openSender, requestTo } from './sender-fixture.ts'

test('a request arrives as it was given', async () => {
  await using receiver = await createReceiver()
  const body = new TextEncoder().encode('{"name":"é😀"}')
  await openSender().send(
    requestTo(`${receiver.url}a//b%0d%0a?secret=a%20b&x=%2F#fragment`, {
      body,
      headers: [
        ['User-Agent', 'Bitbucket-Webhooks/2.0'],
        ['X-Event-Key', 'repo:push'],
      ],
    }),
  )
  const [request] = receiver.requests
  expect(request).toMatchObject({ method: 'POST', path: '/a//b%0d%0a?secret=a%20b&x=%2F' })
  expect(request?.rawHeaders).toEqual([
    'host',
    `127.0.0.1:${receiver.port}`,
    'connection',
    'keep-alive',
    'User-Agent',
    'Bitbucket-Webhooks/2.0',
    'X-Event-Key',
    'repo:push',
    'content-length',
    String(body.length),
  ])
  expect(request?.body).toEqual(Buffer.from(body))
})

test('a path that begins like another host stays on its origin', async () => {
  await using receiver = await createReceiver()
  await openSender().send(requestTo(`${receiver.url}/other.example/x`))
  expect(receiver.requests[0]).toMatchObject({
    path: '//other.example/x',
    headers: { host: `127.0.0.1:${receiver.port}` },
  })
})

test('only the bytes of a view are sent', async () => {
  await using receiver = await createReceiver()
  await openSender().send(
    requestTo(receiver.url, { body: new TextEncoder().encode('xx{}xx').subarray(2, 4) }),
  )
  expect(receiver.requests[0]?.body.toString()).toBe('{}')
})

test.for([
  [['X-A', 'a\r\nX-B: b']],
  [['X-A', 'a\u0000']],
  [['X-A', '\u010a']],
  [['X A', 'a']],
  [['Transfer-Encoding', 'chunked']],
  [['Content-Length', '1']],
] as const)('the header %j is never sent', async ([header]) => {
  await using receiver = await createReceiver()
  const record = await openSender().send(requestTo(receiver.url, { headers: [header] }))
  expect(record.outcome).toMatchObject({ kind: 'own-fault', word: 'local.failed' })
  expect(receiver.requests).toHaveLength(0)
})

describe('a connection', () => {
  test('carries one request after the other', async () => {
    await using receiver = await createReceiver()
    const sender = openSender()
    const sockets = countSockets()
    for (let count = 0; count < 5; count += 1) await sender.send(requestTo(receiver.url))
    expect([receiver.connectionCount, sockets.count]).toEqual([1, 1])
  })

  test('carries one request at a time', async () => {
    const gate = Promise.withResolvers<void>()
    await using receiver = await createReceiver({
      answers: () => ({ kind: 'after', released: gate.promise, answer: accepted }),
    })
    const sender = openSender()
    const sending = [1, 2, 3].map(() => sender.send(requestTo(receiver.url)))
    await receiver.waitForRequests(3)
    gate.resolve()
    await Promise.all(sending)
    const connections = receiver.requests.map(({ connection }) => connection)
    expect(new Set(connections)).toEqual(new Set([1, 2, 3]))
  })

  /** Asks for more time than any test has. */
  const keptLong = { kind: 'status', status: 200, headers: { 'keep-alive': 'timeout=600' } } as const

  test('that is too old when its answer has come is ended at once', async () => {
    await using receiver = await createReceiver({ answers: () => keptLong })
    await openSender({ maxSocketAgeMs: 0 }).send(requestTo(receiver.url))
    await receiver.waitForNoConnection()
  })

  test('that the receiver closes after its answer takes no place of another that is kept', async () => {
    const closing = { kind: 'status', status: 200, headers: { connection: 'close' } } as const
    await using kept = await createReceiver({ answers: () => keptLong })
    await using closed = await createReceiver({ answers: () => closing })
    const sender = openSender({ maxKeptConnections: 1 })
    for (const { url } of [kept, closed, kept]) await sender.send(requestTo(url))
    expect([kept.connectionCount, closed.connectionCount]).toEqual([1, 1])
  })

  test('is ended when it was quiet for as long as it may be, whatever the receiver asks for', async () => {
    await using receiver = await createReceiver({ answers: () => keptLong })
    await openSender({ maxQuietMs: 50 }).send(requestTo(receiver.url))
    await receiver.waitForNoConnection()
  })

  test('may be quiet for a minute, unless said otherwise', () => {
    expect(resolveSenderOptions({ policy: createAddressPolicy() }).maxQuietMs).toBe(60_000)
    expect(() => resolveSenderOptions({ policy: createAddressPolicy(), maxQuietMs: 0 })).toThrow('maxQuietMs')
  })

  test('is not used again after its time', async () => {
    await using receiver = await createReceiver()
    const sender = openSender({ maxSocketAgeMs: 0 })
    await sender.send(requestTo(receiver.url))
    await sender.send(requestTo(receiver.url))
    expect(receiver.connectionCount).toBe(2)
    await receiver.waitForNoConnection()
  })

  test('is kept only while there is room, and the one that waited longest goes', async () => {
    await using first = await createReceiver()
    await using second = await createReceiver()
    const sender = openSender({ maxKeptConnections: 1 })
    await sender.send(requestTo(first.url))
    await sender.send(requestTo(second.url))
    await first.waitForNoConnection()
    await sender.send(requestTo(second.url))
    expect([first.connectionCount, second.connectionCount]).toEqual([1, 1])
  })

  test('that the receiver ended while it was quiet is replaced without a resend', async () => {
    await using receiver = await createReceiver()
    const sender = openSender()
    await sender.send(requestTo(receiver.url))
    receiver.endConnections()
    await receiver.waitForNoConnection()
    const record = await sender.send(requestTo(receiver.url))
    expect(record).toMatchObject({ outcome: { word: 'http.2xx' }, isResent: false })
    expect(receiver.connectionCount).toBe(2)
  })
})

describe('when a used connection closes before any of the answer', () => {
  test.for([
    ['ends', closeWithoutAnswer],
    ['is reset', reset],
  ] as const)('because it %s, the request is sent once more on a fresh one', async ([, dying]) => {
    await using receiver = await createReceiver({ answers: [accepted, dying, accepted] })
    const sender = openSender()
    await sender.send(requestTo(receiver.url))
    const record = await sender.send(requestTo(receiver.url))
    expect(record).toMatchObject({ outcome: { word: 'http.2xx' }, isResent: true })
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1, 2])
  })

  test('the fresh one is new, even if others are kept', async () => {
    const gate = Promise.withResolvers<void>()
    await using receiver = await createReceiver({
      answers: (_request, index) =>
        index < 2
          ? { kind: 'after', released: gate.promise, answer: accepted }
          : index < 3
            ? reset
            : accepted,
    })
    const sender = openSender()
    const both = [sender.send(requestTo(receiver.url)), sender.send(requestTo(receiver.url))]
    await receiver.waitForRequests(2)
    gate.resolve()
    await Promise.all(both)
    expect(await sender.send(requestTo(receiver.url))).toMatchObject({ isResent: true })
    expect(receiver.requests.at(-1)?.connection).toBe(3)
  })

  test('it is sent no third time', async () => {
    await using receiver = await createReceiver({ answers: [accepted, reset, reset, accepted] })
    const sender = openSender()
    await sender.send(requestTo(receiver.url))
    const record = await sender.send(requestTo(receiver.url))
    expect(record).toMatchObject({ outcome: { word: 'answer.closed' }, isResent: true })
    expect(receiver.requests).toHaveLength(3)
  })

  test('the deadline counts over both', async () => {
    await using receiver = await createReceiver({ answers: [accepted, reset, hang] })
    const sender = openSender()
    await sender.send(requestTo(receiver.url))
    const record = await sender.send(requestTo(receiver.url, { deadlineMs: 300 }))
    expect(record).toMatchObject({ outcome: { word: 'timeout.total' }, isResent: true })
  })
})

test('nothing is sent again if the connection was fresh, or if some of the answer had come', async () => {
  const half = { kind: 'raw', bytes: 'HTTP/1.1 2', end: 'close' } as const
  await using fresh = await createReceiver({ answers: [reset, accepted] })
  await using begun = await createReceiver({ answers: [accepted, half, accepted] })
  const sender = openSender()
  expect(await sender.send(requestTo(fresh.url))).toMatchObject({
    outcome: { word: 'answer.closed' },
    isResent: false,
  })
  await sender.send(requestTo(begun.url))
  expect(await sender.send(requestTo(begun.url))).toMatchObject({
    outcome: { word: 'answer.closed' },
    isResent: false,
  })
  expect([fresh.requests.length, begun.requests.length]).toEqual([1, 2])
})

describe('stopping', () => {
  test('ends an attempt that has no status yet', async () => {
    await using receiver = await createReceiver({ answers: [hang] })
    const stop = new AbortController()
    const sending = openSender().send(requestTo(receiver.url), stop.signal)
    await receiver.waitForRequests(1)
    stop.abort()
    expect((await sending).outcome).toEqual({ kind: 'stopped', word: 'stopped', detail: null })
    await receiver.waitForNoConnection()
  })

  test('ends an attempt that waits for a look-up', async () => {
    const asked = Promise.withResolvers<void>()
    const stop = new AbortController()
    const sender = openSender({
      resolver: () => {
        asked.resolve()
        return new Promise(() => {})
      },
    })
    const sending = sender.send(requestTo('http://receiver.example/'), stop.signal)
    await asked.promise
    stop.abort()
    expect((await sending).outcome.kind).toBe('stopped')
  })

  test('beforehand sends nothing', async () => {
    await using receiver = await createReceiver()
    const record = await openSender().send(requestTo(receiver.url), AbortSignal.abort())
    expect(record.outcome.kind).toBe('stopped')
    expect(receiver.requests).toHaveLength(0)
  })

  test('a signal that ends many attempts is left without listeners and without a warning', async () => {
    await using receiver = await createReceiver()
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    const stop = new AbortController()
    const sender = openSender()
    await Promise.all(Array.from({ length: 50 }, () => sender.send(requestTo(receiver.url), stop.signal)))
    await new Promise((resolve) => void setImmediate(resolve))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })
})

test('a connection whose answer comes while the sender closes is not kept', async () => {
  const gate = Promise.withResolvers<void>()
  const answer = { kind: 'status', status: 200, headers: { 'keep-alive': 'timeout=600' } } as const
  await using receiver = await createReceiver({
    answers: () => ({ kind: 'after', released: gate.promise, answer }),
  })
  const sender = openSender()
  const running = sender.send(requestTo(receiver.url))
  await receiver.waitForRequests(1)
  const closed = sender.close()
  gate.resolve()
  expect((await running).outcome.word).toBe('http.2xx')
  await closed
  await receiver.waitForNoConnection()
})

test('close ends quiet connections, waits for running attempts, and stops later ones', async () => {
  const gate = Promise.withResolvers<void>()
  await using receiver = await createReceiver({
    answers: [accepted, { kind: 'after', released: gate.promise, answer: accepted }],
  })
  const sender = openSender()
  await sender.send(requestTo(receiver.url))
  const running = sender.send(requestTo(receiver.url))
  await receiver.waitForRequests(2)
  const ended: string[] = []
  const attempt = running.then(({ outcome }) => ended.push(outcome.word))
  const closed = sender.close().then(() => ended.push('closed'))
  gate.resolve()
  await Promise.all([attempt, closed])
  expect(ended).toEqual(['http.2xx', 'closed'])
  await receiver.waitForNoConnection()
  expect((await sender.send(requestTo(receiver.url))).outcome.kind).toBe('stopped')
  expect(receiver.requests).toHaveLength(2)
})

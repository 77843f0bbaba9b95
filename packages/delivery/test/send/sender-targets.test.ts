import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { describe, expect, test } from 'vitest'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { answerWith } from '../address/fixed-resolver.ts'
import { countSockets, openSender, requestTo } from './sender-fixture.ts'

const isBlocked = {
  outcome: { kind: 'blocked', word: 'target.blocked' },
  isResent: false,
  answerExcerpt: null,
}

describe('with the default policy no socket is opened for', () => {
  const spellings: readonly ((receiver: Receiver) => string)[] = [
    ({ port }) => `http://127.0.0.1:${port}/`,
    ({ port }) => `http://127.1:${port}/`,
    ({ port }) => `http://2130706433:${port}/`,
    ({ port }) => `http://0177.0.0.1:${port}/`,
    ({ port }) => `http://127.0.0.1.:${port}/`,
    ({ port }) => `http://0.0.0.0:${port}/`,
    ({ port }) => `http://127.255.255.254:${port}/`,
    ({ port }) => `http://[::]:${port}/`,
    ({ port }) => `http://[::1]:${port}/`,
    ({ port }) => `http://[::ffff:127.0.0.1]:${port}/`,
    ({ port }) => `http://[::127.0.0.1]:${port}/`,
    ({ port }) => `http://[64:ff9b::127.0.0.1]:${port}/`,
    ({ port }) => `http://good.com@127.0.0.1:${port}/`,
    ({ port }) => `http://localhost:${port}/`,
    ({ port }) => `http://foo.localhost.:${port}/`,
    ({ port }) => `https://127.0.0.1:${port}/`,
  ]

  test.for(spellings)('the local host, spelling %$', async (spell) => {
    await using receiver = await createReceiver()
    const sender = openSender({ addresses: {} })
    const sockets = countSockets()
    expect(await sender.send(requestTo(spell(receiver)))).toMatchObject(isBlocked)
    expect([sockets.count, receiver.connectionCount]).toEqual([0, 0])
  })

  test.for([
    ['127.0.0.1'],
    ['::1'],
    ['8.8.8.8', '127.0.0.1'],
    ['::ffff:127.0.0.1', '8.8.8.8'],
    ['0.0.0.0'],
    ['not an address'],
  ])('a name that leads to %j', async (answers) => {
    await using receiver = await createReceiver()
    const sender = openSender({ addresses: {}, resolver: answerWith(...answers) })
    const sockets = countSockets()
    expect(await sender.send(requestTo(`http://rebind.example:${receiver.port}/`))).toMatchObject(isBlocked)
    expect([sockets.count, receiver.connectionCount]).toEqual([0, 0])
  })
})

test('a scheme that is not allowed is blocked before anything is opened', async () => {
  await using receiver = await createReceiver()
  const strict = openSender({ addresses: { allow: ['127.0.0.0/8'], httpsOnly: true } })
  const sockets = countSockets()
  expect(await strict.send(requestTo(receiver.url))).toMatchObject(isBlocked)
  expect(await openSender().send(requestTo('ftp://receiver.example/'))).toMatchObject(isBlocked)
  expect(sockets.count).toBe(0)
})

test('only what is allowed is reached, by whatever name', async () => {
  await using good = await createReceiver({ address: '127.0.0.2' })
  await using bad = await createReceiver({ address: '127.0.0.1' })
  const sender = openSender({ addresses: { allow: ['127.0.0.2/32'] }, resolver: answerWith('127.0.0.2') })
  const mixed = openSender({
    addresses: { allow: ['127.0.0.2/32'] },
    resolver: answerWith('127.0.0.2', '127.0.0.1'),
  })
  const named = `http://receiver.example:${good.port}/`
  expect((await sender.send(requestTo(named))).outcome.word).toBe('http.2xx')
  expect((await sender.send(requestTo(bad.url))).outcome.word).toBe('target.blocked')
  expect((await mixed.send(requestTo(named))).outcome.word).toBe('target.blocked')
  expect(bad.connectionCount).toBe(0)
})

test('a name is looked up anew for each connection, and judged anew', async () => {
  await using receiver = await createReceiver({
    address: '127.0.0.2',
    answers: () => ({ kind: 'status', status: 200, headers: { connection: 'close' } }),
  })
  const rotation = ['127.0.0.2', '127.0.0.1', '127.0.0.2']
  const sender = openSender({
    addresses: { allow: ['127.0.0.2/32'] },
    resolver: () => Promise.resolve([{ address: rotation.shift() ?? '', family: 4 }]),
  })
  const words = []
  for (let attempt = 0; attempt < 3; attempt += 1) {
    words.push((await sender.send(requestTo(`http://rebind.example:${receiver.port}/`))).outcome.word)
  }
  expect(words).toEqual(['http.2xx', 'target.blocked', 'http.2xx'])
})

test('the resolver is asked for the name in one form, and the receiver told the name of the URL', async () => {
  await using receiver = await createReceiver()
  const resolver = answerWith('127.0.0.1')
  await openSender({ resolver }).send(requestTo(`http://Receiver.EXAMPLE.:${receiver.port}/`))
  expect(resolver.asked).toEqual(['receiver.example'])
  expect(receiver.requests[0]?.headers.host).toBe(`receiver.example.:${receiver.port}`)
})

test('if one address does not answer, the next is tried', async () => {
  await using receiver = await createReceiver()
  const sender = openSender({ resolver: answerWith('127.0.0.9', '::1', '127.0.0.1') })
  expect((await sender.send(requestTo(`http://receiver.example:${receiver.port}/`))).outcome.word).toBe(
    'http.2xx',
  )
})

test.for<[string, string]>([
  ['ENOTFOUND', 'dns.not-found'],
  ['EAI_AGAIN', 'dns.failed'],
  ['ECONNREFUSED', 'dns.failed'],
  ['ETIMEOUT', 'dns.timeout'],
  ['UND_ERR_SOCKET', 'dns.failed'],
])('a resolver that fails with %s is asked once and gives %s', async ([code, word]) => {
  let askedCount = 0
  const resolver = () => {
    askedCount += 1
    return Promise.reject(Object.assign(new Error('no'), { code }))
  }
  const record = await openSender({ resolver }).send(requestTo('http://receiver.example/'))
  expect(record.outcome).toEqual({ kind: 'unanswered', word, detail: code })
  expect(askedCount).toBe(1)
})

test('a resolver that never answers runs into the deadline and is told so', async () => {
  const signals: AbortSignal[] = []
  const sender = openSender({
    resolver: (_host, signal) => {
      signals.push(signal)
      return new Promise(() => {})
    },
  })
  const record = await sender.send(requestTo('http://receiver.example/', { deadlineMs: 100 }))
  expect(record.outcome.word).toBe('dns.timeout')
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})

test('a closed port refuses the connection, and only the operator reads where', async () => {
  const receiver = await createReceiver()
  await receiver.close()
  const record = await openSender().send(requestTo(`http://receiver.example:${receiver.port}/`))
  expect(record.outcome).toEqual({
    kind: 'unanswered',
    word: 'connect.refused',
    detail: `ECONNREFUSED 127.0.0.1:${receiver.port}`,
  })
})

describe('a name with many addresses', () => {
  const port = 9
  const addresses = { allow: ['127.0.0.0/8', '::1/128'], ports: [port] }
  const ipv4 = Array.from({ length: 4_000 }, (_, index) => `127.0.${index >> 8}.${index & 255}`)

  /** What was tried, and what came of it. */
  async function tryAll(answers: readonly string[], localAddress?: string) {
    const network = resolveNetwork(localAddress === undefined ? {} : { localAddress })
    const sender = openSender({ addresses, network, resolver: answerWith(...answers) })
    const { outcome } = await sender.send(requestTo(`http://many.example:${port}/`))
    return { ...outcome, tried: outcome.detail?.match(/\S+(?=:9\b)/g) ?? [] }
  }

  test('is tried at the first eight', async () => {
    const { word, tried } = await tryAll(ipv4.slice(1, 257))
    expect(word).toBe('connect.refused')
    expect(tried).toEqual(ipv4.slice(1, 9))
  })

  test('is tried at the first eight from a local address', async () => {
    const { word, tried } = await tryAll(ipv4.slice(1, 257), '127.0.0.1')
    expect(word).toBe('connect.refused')
    expect(tried).toEqual(ipv4.slice(1, 9))
  })

  test('is tried at both families, however many there are of one', async () => {
    const { word, detail, tried } = await tryAll(['::1', ...ipv4.slice(1, 200)])
    expect(word).toBe('connect.refused')
    expect(detail).toContain('[::1]:9')
    expect(tried).toHaveLength(8)
    const many = Array.from({ length: 20 }, () => '::1')
    expect((await tryAll([...many, '127.0.0.1'])).tried).toContain('127.0.0.1')
  })

  test('is blocked if the last of them is forbidden', async () => {
    const { word, detail } = await tryAll([...ipv4.slice(1, 256), '10.0.0.1'])
    expect(word).toBe('target.blocked')
    expect(detail).toContain('10.0.0.1')
  })

  test('is not tried beyond 256, and nothing is judged or kept of them', async () => {
    const sockets = countSockets()
    expect(await tryAll(ipv4.slice(1, 258))).toMatchObject({
      kind: 'unanswered',
      word: 'dns.failed',
      detail: 'TOO_MANY_ADDRESSES',
    })
    expect(await tryAll([...ipv4, '10.0.0.1'])).toMatchObject({ word: 'dns.failed' })
    expect(sockets.count).toBe(0)
  })
})

import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { InvalidInputError } from '@posthorn/core'
import { createAuthority } from '@posthorn/test-kit/certificates'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { hang, reset } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, onTestFinished, test } from 'vitest'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { answerWith } from '../address/fixed-resolver.ts'
import { openProxy } from './proxy-fixture.ts'
import { countSockets, listen, openSender, requestTo } from './sender-fixture.ts'

const authority = await createAuthority()

function through(port: number, before = 'http://', tls = {}) {
  const url = `${before}127.0.0.1:${port}`
  return resolveNetwork({ proxy: { url, targetsResolvedByProxy: true }, tls })
}

test.for([
  ['http', 'http'],
  ['https', 'http'],
  ['http', 'https'],
  ['https', 'https'],
] as const)('an %s target is reached through an %s proxy by CONNECT', async ([target, scheme]) => {
  const certificate = await authority.issue({ hosts: ['receiver.example', '127.0.0.1'] })
  await using receiver = await createReceiver(target === 'https' ? { certificate } : {})
  const proxy = await openProxy(scheme === 'https' ? { certificate } : {})
  const resolver = answerWith('127.0.0.1')
  const network = through(proxy.port, `${scheme}://`, { ca: authority.cert })
  const sender = openSender({ network, resolver })
  for (let count = 0; count < 2; count += 1) {
    const record = await sender.send(requestTo(`${target}://Receiver.example:${receiver.port}/hook?a=1`))
    expect(record).toMatchObject({
      outcome: { word: 'http.2xx' },
      certificateVerification: target === 'https' ? 'verified' : 'none',
    })
  }
  expect(proxy).toMatchObject({ asked: [`receiver.example:${receiver.port}`], forwardedCount: 0 })
  expect(receiver.requests).toMatchObject([
    { path: '/hook?a=1', headers: { host: `receiver.example:${receiver.port}` } },
    { path: '/hook?a=1' },
  ])
  expect(receiver.requests[0]?.headers).not.toHaveProperty('proxy-authorization')
  expect(resolver.asked).toEqual([])
})

test('the certificate of an https proxy is verified, whatever the subscription skips', async () => {
  await using receiver = await createReceiver()
  const proxy = await openProxy({ certificate: await authority.issue() })
  const sender = openSender({ network: through(proxy.port, 'https://') })
  const record = await sender.send(requestTo(receiver.url, { profile: { verifiesCertificates: false } }))
  expect(record.outcome).toMatchObject({ kind: 'own-fault', word: 'local.proxy' })
  expect([proxy.asked, receiver.connectionCount]).toEqual([[], 0])
})

test('an https proxy that speaks no TLS is a fault of our own side, not of the receiver', async () => {
  const proxy = await openProxy()
  const request = requestTo('https://receiver.example/')
  const record = await openSender({ network: through(proxy.port, 'https://') }).send(request)
  expect(record.outcome).toMatchObject({ kind: 'own-fault', word: 'local.proxy' })
})

test('the certificate of a receiver behind a proxy is verified', async () => {
  await using receiver = await createReceiver({ certificate: await authority.issue() })
  const proxy = await openProxy()
  const record = await openSender({ network: through(proxy.port) }).send(requestTo(receiver.url))
  expect(record.outcome).toMatchObject({ kind: 'unanswered', word: 'tls.untrusted' })
})

test('credentials are sent to the proxy and shown to nobody', async () => {
  await using receiver = await createReceiver()
  const proxy = await openProxy()
  const network = through(proxy.port, 'http://us%40er:pl%C3%A4nted-secret@')
  expect((await openSender({ network }).send(requestTo(receiver.url))).outcome.word).toBe('http.2xx')
  const value = Buffer.from('us@er:plänted-secret').toString('base64')
  expect(proxy.authorizations).toEqual([`Basic ${value}`])
  const shown = inspect(network, { depth: 20, showHidden: true }) + JSON.stringify(network)
  for (const secret of ['nted-secret', value, 'us@er']) expect(shown).not.toContain(secret)
})

test('what the policy refuses never reaches the proxy', async () => {
  const proxy = await openProxy()
  const addresses = {
    deny: [
      { host: '*.evil.example', addresses: ['0.0.0.0/0'] },
      { host: 'evil.example', addresses: ['0.0.0.0/0'] },
    ],
  }
  const sender = openSender({ network: through(proxy.port), addresses })
  const sockets = countSockets()
  for (const url of [
    'http://127.0.0.1:8080/',
    'http://2852039166/',
    'http://[::ffff:10.0.0.1]/',
    'http://localhost:8080/',
    'http://receiver.example:22/',
    'https://ci.evil.example/',
    'https://ci.evil.example../',
    'http://evil.example.../',
    'http://evil..example/',
    'http://127.0.0.1../',
    'http://0x7f.1../',
    'http://169.254.169.254%2e%2e/',
    'http://localhost../',
  ]) {
    expect((await sender.send(requestTo(url))).outcome, url).toMatchObject({ word: 'target.blocked' })
  }
  expect([sockets.count, proxy.asked]).toEqual([0, []])
})

test('behind an exclusive list only names that it lists are asked of the proxy', async () => {
  await using receiver = await createReceiver()
  const proxy = await openProxy()
  const addresses = { only: [{ host: '*.corp.example', addresses: ['10.0.0.0/8'] }, '127.0.0.0/8'] }
  const sender = openSender({ network: through(proxy.port), addresses })
  const words = []
  for (const host of ['ci.corp.example', 'corp.example', '127.0.0.1']) {
    words.push((await sender.send(requestTo(`http://${host}:${receiver.port}/`))).outcome.word)
  }
  expect(words).toEqual(['http.2xx', 'target.blocked', 'http.2xx'])
})

test('interim answers of a proxy are passed over', async () => {
  await using receiver = await createReceiver()
  const proxy = await openProxy({ interim: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 A\r\nb: c\r\n\r\n' })
  const record = await openSender({ network: through(proxy.port) }).send(requestTo(receiver.url))
  expect(record.outcome.word).toBe('http.2xx')
})

/** What a proxy says again and again, without end. */
async function floodAsProxy(head: string, chunk: string): Promise<number> {
  const server = createServer((socket) => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', pour)
    socket.once('data', () => {
      socket.write(head)
      pour()
    })
  })
  return listen(server)
}

describe('a fault of our own side', () => {
  test.for([
    ['a header', 'HTTP/1.1 200 OK\r\nx: ', 'a'.repeat(1_000)],
    ['headers', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'.repeat(100)],
    ['interim answers', '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)],
    ['empty lines', '', '\r\n'.repeat(100)],
  ] as const)(
    'is a proxy that answers with %s without end, long before the deadline',
    async ([, head, chunk]) => {
      const network = through(await floodAsProxy(head, chunk))
      const request = requestTo('http://receiver.example/', { deadlineMs: 1_000_000 })
      const { outcome } = await openSender({ network }).send(request)
      expect(outcome).toEqual({ kind: 'own-fault', word: 'local.proxy', detail: 'the proxy did not answer' })
    },
  )

  test.for<[string, string, string]>([
    ['407', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'the proxy answered 407'],
    ['500', 'HTTP/1.1 500 Oops\r\n\r\n', 'the proxy answered 500'],
    ['502', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'the proxy answered 502'],
    ['302', 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n', 'the proxy answered 302'],
    ['garbage', 'SSH-2.0-OpenSSH\r\n\r\n', 'the proxy did not answer'],
    ['half an answer', 'HTTP/1.1 200 OK\r\n', 'the proxy did not answer'],
    ['nothing', '', 'the proxy did not answer'],
    ['an interim answer alone', 'HTTP/1.1 100 Continue\r\n\r\n', 'the proxy did not answer'],
    ['101', 'HTTP/1.1 101 Switching\r\n\r\n', 'the proxy answered 101'],
    ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_000)}`, 'the proxy did not answer'],
  ])('is a proxy that answers %s', async ([, answer, detail]) => {
    await using receiver = await createReceiver()
    const proxy = await openProxy({ answer })
    const record = await openSender({ network: through(proxy.port) }).send(requestTo(receiver.url))
    expect(record.outcome).toEqual({ kind: 'own-fault', word: 'local.proxy', detail })
    expect(receiver.connectionCount).toBe(0)
  })

  test('is a proxy that is not there, cannot be looked up, or never gets to TLS', async () => {
    const gone = await createReceiver()
    await gone.close()
    await using silent = await createReceiver({ onConnection: 'silent' })
    await using resetting = await createReceiver({ onConnection: 'reset' })
    const request = requestTo('http://receiver.example/', { deadlineMs: 300 })
    const unknown = resolveNetwork({
      proxy: { url: 'http://proxy.example:3128', targetsResolvedByProxy: true },
    })
    const failing = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    const outcomes = [
      await openSender({ network: through(gone.port) }).send(request),
      await openSender({ network: unknown, resolver: failing }).send(request),
      await openSender({ network: through(silent.port, 'https://') }).send(request),
      await openSender({ network: through(resetting.port, 'https://') }).send(request),
    ].map(({ outcome }) => [outcome.kind, outcome.word, outcome.detail])
    expect(outcomes).toEqual([
      ['own-fault', 'local.proxy', `ECONNREFUSED 127.0.0.1:${gone.port}`],
      ['own-fault', 'local.proxy', 'ENOTFOUND'],
      ['own-fault', 'local.proxy', 'deadline reached in phase proxy'],
      ['own-fault', 'local.proxy', `ECONNRESET 127.0.0.1:${resetting.port}`],
    ])
  })
})

test('a proxy that forbids the target blocks it', async () => {
  const proxy = await openProxy({ answer: 'HTTP/1.1 403 Forbidden\r\n\r\n' })
  const record = await openSender({ network: through(proxy.port) }).send(
    requestTo('http://receiver.example/'),
  )
  expect(record.outcome).toEqual({
    kind: 'blocked',
    word: 'target.blocked',
    detail: 'the proxy answered 403',
  })
})

test('a proxy that is slow to connect to the target is the target`s time-out', async () => {
  const proxy = await openProxy({ answer: null })
  const request = requestTo('http://receiver.example/', { deadlineMs: 200 })
  const record = await openSender({ network: through(proxy.port) }).send(request)
  expect(record.outcome).toMatchObject({ kind: 'unanswered', word: 'connect.timeout' })
})

test('what a receiver does through a tunnel has the same words as without', async () => {
  const cases: [object, string][] = [
    [{ answers: [reset] }, 'answer.closed'],
    [{ answers: [hang] }, 'timeout.total'],
    [{ answers: [{ kind: 'status', status: 503 }] }, 'http.5xx'],
  ]
  const proxy = await openProxy()
  for (const [options, word] of cases) {
    await using receiver = await createReceiver(options)
    const sender = openSender({ network: through(proxy.port) })
    expect((await sender.send(requestTo(receiver.url, { deadlineMs: 300 }))).outcome.word).toBe(word)
    await sender.close()
    await receiver.waitForNoConnection()
  }
})

test('bytes that come with the answer of the proxy belong to the tunnel', async () => {
  await using receiver = await createReceiver({ answers: [hang] })
  const proxy = await openProxy({ pushed: 'HTTP/1.1 299 Early\r\ncontent-length: 0\r\n\r\n' })
  const record = await openSender({ network: through(proxy.port) }).send(requestTo(receiver.url))
  // What comes before the request is no answer to it, and is no reason to dial again and again.
  expect(record.outcome).toMatchObject({ kind: 'unanswered', word: 'answer.malformed' })
  expect(proxy.asked).toHaveLength(2)
})

test('a stop ends an attempt that waits for a proxy', async () => {
  const proxy = await openProxy({ answer: null })
  const stop = new AbortController()
  const sending = openSender({ network: through(proxy.port) }).send(
    requestTo('http://receiver.example/'),
    stop.signal,
  )
  await expect.poll(() => proxy.asked.length).toBe(1)
  stop.abort()
  expect((await sending).outcome.word).toBe('stopped')
})

test('variables of the environment that name a proxy are not read', async () => {
  await using receiver = await createReceiver()
  const proxy = await openProxy()
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`
  process.env.NODE_USE_ENV_PROXY = '1'
  onTestFinished(() => {
    for (const name of [...names, 'NODE_USE_ENV_PROXY']) delete process.env[name]
  })
  expect((await openSender().send(requestTo(receiver.url))).outcome.word).toBe('http.2xx')
  expect([proxy.asked, proxy.forwardedCount]).toEqual([[], 0])
})

describe('a proxy is refused', () => {
  test.for<[string, unknown, string]>([
    [
      'without a word on who resolves names',
      { url: 'http://u:planted@127.0.0.1' },
      'proxy.targetsResolvedByProxy',
    ],
    [
      'with the wrong word',
      { url: 'http://127.0.0.1', targetsResolvedByProxy: 1 },
      'proxy.targetsResolvedByProxy',
    ],
    ['of another scheme', { url: 'socks5://u:planted@127.0.0.1', targetsResolvedByProxy: true }, 'proxy.url'],
    ['with a path', { url: 'http://u:planted@127.0.0.1/x', targetsResolvedByProxy: true }, 'proxy.url'],
    ['with a query', { url: 'http://u:planted@127.0.0.1/?x', targetsResolvedByProxy: true }, 'proxy.url'],
    ['that is no URL', { url: 'u:planted@127.0.0.1', targetsResolvedByProxy: true }, 'proxy.url'],
    ['with bad escapes', { url: 'http://u:planted%ff@127.0.0.1', targetsResolvedByProxy: true }, 'proxy.url'],
    ['without a URL', { targetsResolvedByProxy: true }, 'proxy.url'],
    ['with what is not known', { url: 'http://127.0.0.1', noProxy: [] }, 'proxy.noProxy'],
    ['that is a text', 'http://u:planted@127.0.0.1', 'proxy'],
  ])('%s, and its URL is not told', ([, proxy, field]) => {
    const resolve = () => resolveNetwork({ proxy: proxy as never })
    expect(resolve).toThrow(
      expect.toSatisfy((error) => error instanceof InvalidInputError && error.field === field),
    )
    expect(resolve).toThrow(expect.toSatisfy((error) => !inspect(error, { depth: 9 }).includes('planted')))
  })

  test('with the reason for the second key', () => {
    const resolve = () => resolveNetwork({ proxy: { url: 'http://127.0.0.1' } as never })
    expect(resolve).toThrow('cannot be judged here')
  })
})

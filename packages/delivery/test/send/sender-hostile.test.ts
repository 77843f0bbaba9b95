import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type Certificate, createAuthority } from '@posthorn/test-kit/certificates'
import { createReceiver } from '@posthorn/test-kit/receiver'
import type { Answer } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { toAnswerExcerpt } from '../../src/send/answer-excerpt.ts'
import { type Network, resolveNetwork } from '../../src/send/network-options.ts'
import { describeRedirect } from '../../src/send/redirect-detail.ts'
import { answerAllWith, countSockets, listen, openSender, requestTo } from './sender-fixture.ts'

async function sendTo(answer: Answer, deadlineMs = 10_000, secured?: Secured) {
  await using receiver = await createReceiver({ answers: () => answer, ...secured?.receiver })
  const sender = openSender(secured?.sender)
  const record = await sender.send(requestTo(receiver.url, { deadlineMs }))
  await sender.close()
  await receiver.waitForNoConnection()
  return record
}

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`

/** A receiver that speaks TLS, and a sender that trusts it. */
interface Secured {
  readonly receiver: { readonly certificate: Certificate }
  readonly sender: { readonly network: Network }
}

async function secure(): Promise<Secured> {
  const authority = await createAuthority()
  const certificate = await authority.issue()
  return { receiver: { certificate }, sender: { network: resolveNetwork({ tls: { ca: authority.cert } }) } }
}

function raw(bytes: string | Uint8Array, end: 'hang' | 'close' | 'reset' = 'hang'): Answer {
  return { kind: 'raw', bytes, end }
}

function flood(head: string, chunk: string): Answer {
  return { kind: 'flood', head, chunk }
}

function slowly(head: string, byte: string): Answer {
  return { kind: 'drip', head, byte, everyMs: 1_000 }
}

describe('before a status is read', () => {
  test.for<[string, Answer, string]>([
    ['10,000 headers', raw(`${ok}${'a: b\r\n'.repeat(10_000)}\r\n`), 'answer.too-large'],
    ['a header of 100 kB', raw(`${ok}a: ${'b'.repeat(100_000)}\r\n\r\n`), 'answer.too-large'],
    ['the name of a header of 100 kB', raw(`${ok}${'b'.repeat(100_000)}: a\r\n\r\n`), 'answer.too-large'],
    ['a header without end', flood(`${ok}a: `, 'b'.repeat(1_000)), 'answer.too-large'],
    ['a reason without end', flood('HTTP/1.1 200 ', 'b'.repeat(1_000)), 'answer.too-large'],
    ['a reason of 1 MB', raw(`HTTP/1.1 200 ${'b'.repeat(1_000_000)}\r\n\r\n`), 'answer.too-large'],
    ['zeros without end', flood('', '\0'.repeat(1_000)), 'answer.malformed'],
    ['empty lines without end', flood('', '\r\n'.repeat(1_000)), 'answer.too-large'],
    [
      'interim answers that are large',
      flood('', `HTTP/1.1 103 A\r\na: ${'b'.repeat(15_000)}\r\n\r\n`),
      'answer.too-large',
    ],
    ['HTTP/2', raw(Buffer.from('000006040000000000000400001000', 'hex')), 'answer.malformed'],
    ['a GOAWAY of HTTP/2', raw(Buffer.from('0000080700000000000000000000000000', 'hex')), 'answer.malformed'],
    ['an alert of TLS', raw(Buffer.from('15030100020228', 'hex')), 'answer.malformed'],
    ['HTTP/0.9', raw('hello', 'close'), 'answer.malformed'],
    ['another protocol of the same form', raw('ICY 200 OK\r\n\r\n'), 'answer.malformed'],
    ['HTTP/0.9 that says so', raw('HTTP/0.9 200 OK\r\n\r\n', 'close'), 'answer.malformed'],
    ['HTTP/2 as text', raw('HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n'), 'answer.malformed'],
    ['RTSP', raw('RTSP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'), 'answer.malformed'],
    ['HTTP in small letters', raw('http/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), 'answer.malformed'],
    [
      'another protocol after an interim answer',
      raw('HTTP/1.1 103 A\r\n\r\nRTSP/1.0 200 OK\r\n\r\n'),
      'answer.malformed',
    ],
    ['a request', raw('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), 'answer.malformed'],
    ['a version that does not exist', raw('HTTP/9.9 200 OK\r\n\r\n'), 'answer.malformed'],
    ['a status of two digits', raw('HTTP/1.1 20 OK\r\n\r\n'), 'answer.malformed'],
    ['a status of four digits', raw('HTTP/1.1 2000 OK\r\n\r\n'), 'answer.malformed'],
    ['a status below 100', raw('HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n'), 'http.invalid'],
    ['no status', raw('HTTP/1.1 OK\r\n\r\n'), 'answer.malformed'],
    ['a header without a colon', raw(`${ok}nonsense\r\n\r\n`), 'answer.malformed'],
    ['a header with a space in its name', raw(`${ok}a b: c\r\n\r\n`), 'answer.malformed'],
    ['a header with NUL', raw(`${ok}a: b\0c\r\n\r\n`), 'answer.malformed'],
    ['a length that is no number', raw(`${ok}content-length: abc\r\n\r\n`), 'answer.malformed'],
    ['a negative length', raw(`${ok}content-length: -1\r\n\r\n`), 'answer.malformed'],
    ['a length past all bounds', raw(`${ok}content-length: ${'9'.repeat(40)}\r\n\r\n`), 'answer.malformed'],
    ['two lengths', raw(`${ok}content-length: 1\r\nContent-Length: 2\r\n\r\nab`), 'answer.malformed'],
    [
      'a length and chunks',
      raw(`${ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`),
      'answer.malformed',
    ],
    [
      'chunks and a length',
      raw(`${ok}transfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n`),
      'answer.malformed',
    ],
    ['100 Continue without end', flood('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10)), 'http.1xx'],
    ['102 Processing without end', flood('', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(10)), 'http.1xx'],
    ['1xx of its own without end', flood('', 'HTTP/1.1 199 Mine\r\na: b\r\n\r\n'.repeat(10)), 'http.1xx'],
    [
      'an interim answer with headers without end',
      flood('HTTP/1.1 103 Hints\r\n', 'a: b\r\n'.repeat(99)),
      'answer.too-large',
    ],
    ['a status line of one byte a second', slowly('', 'H'), 'timeout.total'],
    ['headers of one byte a second', slowly(`${ok}a: `, 'b'), 'timeout.total'],
  ])('%s', async ([, answer, word]) => {
    const { outcome, answerExcerpt } = await sendTo(answer, word === 'timeout.total' ? 300 : 10_000)
    expect([outcome.word, answerExcerpt]).toEqual([word, null])
  })

  test.for<[string, Answer]>([
    ['empty lines', flood('', '\r\n'.repeat(1_000))],
    ['a reason', flood('HTTP/1.1 200 ', 'b'.repeat(1_000))],
  ])('%s without end, over TLS', async ([, answer]) => {
    const { outcome } = await sendTo(answer, 1_000_000, await secure())
    expect(outcome).toMatchObject({ kind: 'unanswered', word: 'answer.too-large' })
  })

  test('what was read of one answer does not count for the next', async () => {
    const receiver = await answerAllWith(`${ok}content-length: 16000\r\n\r\n${'a'.repeat(16_000)}`)
    const sender = openSender()
    for (let count = 0; count < 10; count += 1) {
      expect((await sender.send(requestTo(receiver.url))).outcome.word).toBe('http.2xx')
    }
    expect(receiver.connectionCount).toBe(1)
  })

  test.for(['silent', 'reset'] as const)('a connection that is %s', async (onConnection) => {
    await using receiver = await createReceiver({ onConnection })
    const url = `http://127.0.0.1:${receiver.port}/`
    const { outcome } = await openSender().send(requestTo(url, { deadlineMs: 300 }))
    // A reset may come before or after the socket stood.
    expect(onConnection === 'silent' ? ['timeout.total'] : ['answer.closed', 'connect.reset']).toContain(
      outcome.word,
    )
  })

  test('a receiver that ends the connection while the body is being sent', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())))
    const body = new Uint8Array(5_000_000)
    const record = await openSender().send(requestTo(`http://127.0.0.1:${port}/`, { body }))
    expect(record.outcome.word).toBe('answer.closed')
  })

  test('a receiver that reads nothing of a large body', async () => {
    const port = await listen(createServer({ pauseOnConnect: true }))
    const body = new Uint8Array(20_000_000)
    const request = requestTo(`http://127.0.0.1:${port}/`, { body, deadlineMs: 300 })
    expect((await openSender().send(request)).outcome.word).toBe('timeout.total')
  })

  test('a receiver that answers before it has read the body, and reads on', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno'))
        socket.resume()
      }),
    )
    const body = new Uint8Array(5_000_000)
    const record = await openSender().send(requestTo(`http://127.0.0.1:${port}/`, { body }))
    expect(record).toMatchObject({ outcome: { word: 'http.4xx', status: 413 } })
  })

  test('a receiver that talks before it is asked', async () => {
    const port = await listen(createServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n')))
    const sockets = countSockets()
    const record = await openSender().send(requestTo(`http://127.0.0.1:${port}/`))
    expect(record.outcome.word).toBe('answer.malformed')
    expect(sockets.count).toBeLessThanOrEqual(2)
  })
})

describe('once the status is read, it decides, and the rest is bounded', () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000))
  const nested = gzipSync(gzipSync(bomb))

  test.for<[string, Answer]>([
    ['an extension of a chunk of 1 MB', raw(`${chunked}1;a=${'b'.repeat(1_000_000)}\r\nx\r\n0\r\n\r\n`)],
    ['chunks of one byte without end', flood(chunked, '1\r\na\r\n'.repeat(1_000))],
    ['trailers without end', flood(`${chunked}0\r\n`, 'a: b\r\n'.repeat(1_000))],
    ['a chunk that promises more than there can be', raw(`${chunked}${'f'.repeat(15)}\r\nab`, 'close')],
    ['a chunk whose length overflows', raw(`${chunked}${'f'.repeat(40)}\r\nab`)],
    ['a body of one byte a second', slowly(`${ok}content-length: 100\r\n\r\n`, 'a')],
    ['a length that is too large', raw(`${ok}content-length: 100\r\n\r\nab`, 'close')],
    ['a length that is too large, and silence', raw(`${ok}content-length: 100\r\n\r\nab`)],
    ['a length that is too small', raw(`${ok}content-length: 1\r\n\r\nabc`)],
    ['a second answer', raw(`${ok}content-length: 1\r\n\r\na${ok}content-length: 1\r\n\r\nb`)],
    ['a reset right after the headers', raw(`${ok}content-length: 9\r\n\r\n`, 'reset')],
    ['an end right after the headers', raw(`${ok}content-length: 9\r\n\r\n`, 'close')],
    ['a bomb', { kind: 'status', status: 200, headers: { 'content-encoding': 'gzip' }, body: bomb }],
    [
      'a bomb in a bomb',
      { kind: 'status', status: 200, headers: { 'content-encoding': 'gzip, gzip, gzip' }, body: nested },
    ],
    [
      'a chain of 1,000 encodings',
      {
        kind: 'status',
        status: 200,
        headers: { 'content-encoding': Array.from({ length: 1_000 }, () => 'br').join() },
        body: 'x',
      },
    ],
    ['an encoding that does not exist', raw(`${ok}content-encoding: x\r\ncontent-length: 1\r\n\r\na`)],
    ['a transfer encoding that does not exist', raw(`${ok}transfer-encoding: x\r\n\r\na`, 'close')],
    ['HTTP/1.0', raw('HTTP/1.0 200 OK\r\n\r\nabc', 'close')],
    ['no reason', raw('HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n')],
    [
      'an upgrade that nobody asked for',
      raw(`${ok}connection: upgrade\r\nupgrade: h2c\r\ncontent-length: 0\r\n\r\n`),
    ],
    ['a Refresh', { kind: 'status', status: 200, headers: { refresh: '0; url=http://127.0.0.1/' } }],
  ])('%s', async ([, answer]) => {
    const { outcome, answerExcerpt } = await sendTo(answer, 400)
    expect(outcome).toMatchObject({ kind: 'answered', word: 'http.2xx', status: 200, detail: null })
    expect(answerExcerpt?.length ?? 0).toBeLessThanOrEqual(1_024)
  })

  test.for<[string, Answer]>([
    ['an extension of a chunk', flood(`${chunked}1;a=`, 'b'.repeat(65_536))],
    ['zeros of the size of a chunk', flood(chunked, '0'.repeat(65_536))],
    ['chunks with an extension', flood(chunked, `1;a=${'b'.repeat(1_000)}\r\nx\r\n`)],
    ['trailers', flood(`${chunked}0\r\n`, 'a: b\r\n'.repeat(1_000))],
  ])('%s without end are cut long before the deadline, over TLS too', async ([, answer]) => {
    for (const secured of [undefined, await secure()]) {
      const { outcome } = await sendTo(answer, 1_000_000, secured)
      expect(outcome).toMatchObject({ word: 'http.2xx', status: 200 })
    }
  })

  test('a compressed body is never opened', async () => {
    const { answerExcerpt } = await sendTo(
      { kind: 'status', status: 200, headers: { 'content-encoding': 'gzip' }, body: bomb },
      10_000,
    )
    expect(answerExcerpt).toBe(toAnswerExcerpt(bomb, 1_024))
  })
})

describe('a redirect', () => {
  const base = new URL('https://receiver.example/hook?token=planted')
  const withHash = expect.stringMatching(/^Location .*, path with hash [0-9a-f]{12}$/)

  test.for<[string, string]>([
    ['http://169.254.169.254/latest/planted', 'http://169.254.169.254'],
    ['http://[::1]:8080/planted', 'http://[::1]:8080'],
    ['https://other.example/planted?planted#planted', 'https://other.example'],
    ['https://user:planted@other.example/', 'https://other.example'],
    ['//other.example/planted', 'https://other.example'],
    ['/planted', 'https://receiver.example'],
    ['planted', 'https://receiver.example'],
    ['', 'https://receiver.example'],
    ['\\\\other.example\\planted', 'https://other.example'],
    ['javascript:planted', 'javascript:'],
    ['data:,planted', 'data:'],
    ['file:///planted', 'file:'],
    ['https://other.example/\u0000planted\u001b[31m', 'https://other.example'],
  ])('to %j is told as its origin and a hash', ([location, origin]) => {
    const detail = describeRedirect(302, location, base)
    expect(detail).toEqual(withHash)
    expect(detail).toContain(`Location ${origin}, `)
    expect(detail).not.toMatch(/planted|\p{Cc}/u)
  })

  const label = 'a'.repeat(50)

  test.for<[string, string]>([
    [`https://${label}.${label.slice(2)}/`, `https://${label}.${label.slice(2)}`],
    [`https://${label}.${label}/`, 'https://(101 characters with hash '],
    [`${'x'.repeat(12_000)}://${'y'.repeat(3_000)}/`, '(12001 characters with hash '],
    [`x${'.y'.repeat(3_000)}:z`, '(6002 characters with hash '],
    [`https://${'b.'.repeat(2_000)}/`, 'https://(4000 characters with hash '],
  ])('is told in few words, however long its host or scheme is', ([location, origin]) => {
    const detail = describeRedirect(302, location, base)
    expect(detail).toEqual(withHash)
    expect(detail).toContain(`Location ${origin}`)
    expect(detail?.length).toBeLessThan(200)
  })

  test.for<[number, string | undefined, string | null]>([
    [302, undefined, 'no Location'],
    [304, undefined, 'no Location'],
    [302, 'http://', 'an invalid Location'],
    [302, 'http://a:65536/', 'an invalid Location'],
    [200, 'http://other.example/', null],
    [201, 'http://other.example/', null],
    [400, 'http://other.example/', null],
  ])('of status %i to %j is told as %j', ([status, location, detail]) => {
    expect(describeRedirect(status, location, base)).toBe(detail)
  })

  test('has the same hash for the same path and another for another', () => {
    const told = ['/a', '/a', '/b', '/a?b'].map((location) => describeRedirect(302, location, base))
    expect(new Set(told).size).toBe(3)
  })

  test.for([300, 301, 302, 303, 304, 305, 306, 307, 308, 399])(
    'with status %i leads nowhere, and tells the operator where to',
    async (status) => {
      await using elsewhere = await createReceiver()
      const location = `http://localhost:${elsewhere.port}/planted`
      const { outcome } = await sendTo({ kind: 'status', status, headers: { location } })
      expect(outcome).toMatchObject({ kind: 'answered', word: 'http.3xx', status, detail: withHash })
      expect(outcome.detail).toContain(`http://localhost:${elsewhere.port},`)
      expect(outcome.detail).not.toContain('planted')
      expect(elsewhere.connectionCount).toBe(0)
    },
  )

  test('to itself is one request, and two Locations are told as the first', async () => {
    const answer = raw(
      'HTTP/1.1 302 F\r\nlocation: /a\r\nlocation: //b.example/\r\ncontent-length: 0\r\n\r\n',
    )
    await using receiver = await createReceiver({ answers: () => answer })
    const { outcome } = await openSender().send(requestTo(receiver.url))
    expect(outcome.detail).toContain(`Location http://127.0.0.1:${receiver.port},`)
    expect(receiver.requests).toHaveLength(1)
  })
})

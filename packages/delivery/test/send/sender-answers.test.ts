import { createReceiver } from '@posthorn/test-kit/receiver'
import {
  type Answer,
  closeWithoutAnswer,
  drippedBody,
  drippedHeaders,
  endlessBody,
  endlessHeaders,
  hang,
  interimFlood,
  reset,
} from '@posthorn/test-kit/receiver-answer'
import { describe, expect, test } from 'vitest'
import { answerAllWith, openSender, requestTo } from './sender-fixture.ts'

async function sendTo(answer: Answer, deadlineMs = 10_000) {
  await using receiver = await createReceiver({ answers: () => answer })
  const record = await openSender().send(requestTo(receiver.url, { deadlineMs }))
  await receiver.waitForRequests(1)
  return { record, receiver }
}

function raw(bytes: string, end: 'hang' | 'close' | 'reset' = 'close'): Answer {
  return { kind: 'raw', bytes, end }
}

test.for<[number, string]>([
  [200, 'http.2xx'],
  [204, 'http.2xx'],
  [299, 'http.2xx'],
  [300, 'http.3xx'],
  [304, 'http.3xx'],
  [305, 'http.3xx'],
  [400, 'http.4xx'],
  [410, 'http.4xx'],
  [500, 'http.5xx'],
  [599, 'http.5xx'],
  [600, 'http.invalid'],
  [999, 'http.invalid'],
])('status %i is %s', async ([status, word]) => {
  const { record } = await sendTo({ kind: 'status', status })
  expect(record).toMatchObject({
    outcome: { kind: 'answered', word, status, retryAfterMs: null },
    isResent: false,
    certificateVerification: 'none',
  })
})

test.for([301, 302, 303, 307, 308])(
  'a redirect with status %i is an outcome, and nothing follows it',
  async (status) => {
    await using elsewhere = await createReceiver()
    const { record, receiver } = await sendTo({
      kind: 'status',
      status,
      headers: { location: elsewhere.url },
    })
    expect(record.outcome).toMatchObject({ kind: 'answered', word: 'http.3xx', status })
    expect([receiver.requests.length, elsewhere.connectionCount]).toEqual([1, 0])
  },
)

test.for([429, 503])('status %i says when to come back', async (status) => {
  const { record } = await sendTo({ kind: 'status', status, headers: { 'retry-after': '120' } })
  expect(record.outcome).toMatchObject({ retryAfterMs: 120_000 })
})

describe('what comes before the answer', () => {
  test.for<[string, Answer, string]>([
    ['an orderly end', closeWithoutAnswer, 'answer.closed'],
    ['a reset', reset, 'answer.closed'],
    ['half a status line', raw('HTTP/1.1 20'), 'answer.closed'],
    ['half the headers', raw('HTTP/1.1 200 OK\r\nx: y\r\n'), 'answer.closed'],
    ['a reset within the headers', raw('HTTP/1.1 200 OK\r\nx: y\r\n', 'reset'), 'answer.closed'],
    ['another protocol', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'answer.malformed'],
    ['HTTP/0.9', raw('<html>hello</html>'), 'answer.malformed'],
    ['a bad status line', raw('HTTP/1.1 abc OK\r\n\r\n'), 'answer.malformed'],
    [
      'a length twice over',
      raw('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'),
      'answer.malformed',
    ],
    [
      'a length and chunks',
      raw('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
      'answer.malformed',
    ],
    ['headers without end', endlessHeaders, 'answer.too-large'],
  ])('%s', async ([, answer, word]) => {
    const { record } = await sendTo(answer)
    expect(record.outcome.word).toBe(word)
    expect(record.answerExcerpt).toBeNull()
  })

  test.for<[string, Answer]>([
    ['silence', hang],
    ['headers that drip', drippedHeaders],
    ['an interim answer and silence', raw('HTTP/1.1 102 Processing\r\n\r\n', 'hang')],
    ['100 Continue and silence', raw('HTTP/1.1 100 Continue\r\n\r\n', 'hang')],
    ['half a status line and silence', raw('HTTP/1.1 20', 'hang')],
  ])('%s lasts no longer than the deadline', async ([, answer]) => {
    const { record } = await sendTo(answer, 200)
    expect(record.outcome).toMatchObject({ kind: 'unanswered', word: 'timeout.total' })
  })

  const upgrade = 'connection: upgrade\r\nupgrade: x\r\n'
  const created = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok'

  test.for<[string, Answer, number]>([
    ['interim answers without end', interimFlood, 103],
    ['17 times 100 Continue', raw('HTTP/1.1 100 Continue\r\n\r\n'.repeat(17), 'hang'), 100],
    ['an interim answer and the end', raw('HTTP/1.1 103 Early Hints\r\n\r\n'), 103],
    ['100 Continue and the end', raw('HTTP/1.1 100 Continue\r\n\r\n'), 100],
    ['100 Continue and a reset', raw('HTTP/1.1 100 Continue\r\n\r\n', 'reset'), 100],
    ['another protocol to switch to', raw(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`, 'hang'), 101],
    ['another protocol that is not named', raw('HTTP/1.1 101 Switching\r\n\r\n', 'hang'), 101],
    ['another protocol, and an answer', raw(`HTTP/1.1 101 Switching\r\n\r\n${created}`, 'hang'), 101],
    ['another protocol, and other bytes', raw(`HTTP/1.1 101 Switching\r\n${upgrade}\r\nxxxx`, 'hang'), 101],
    [
      'another protocol after an interim answer',
      raw(`HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 101 Switching\r\n${upgrade}\r\n`, 'hang'),
      101,
    ],
  ])('%s is an interim status and no other', async ([, answer, status]) => {
    const { record } = await sendTo(answer)
    expect(record.outcome).toEqual({
      kind: 'answered',
      word: 'http.1xx',
      status,
      retryAfterMs: null,
      detail: null,
    })
    expect(record.answerExcerpt).toBeNull()
  })

  test.for([
    ['103 Early Hints\r\nlink: </a>', 16],
    ['100 Continue', 1],
    ['100 Continue\r\ncontent-length: 0', 2],
    ['100 \r\nx: HTTP/1.1 200 OK', 1],
    ['199 Mine', 1],
  ] as const)('%j %i times is passed over', async ([head, count]) => {
    const interim = `HTTP/1.1 ${head}\r\n\r\n`.repeat(count)
    const receiver = await answerAllWith(interim + created)
    const sender = openSender()
    for (let sent = 0; sent < 2; sent += 1) {
      const record = await sender.send(requestTo(receiver.url))
      expect(record).toMatchObject({ outcome: { word: 'http.2xx', status: 201 }, answerExcerpt: 'ok' })
    }
    expect(receiver.connectionCount).toBe(1)
  })
})

describe('once the status is read, it decides', () => {
  const head = 'HTTP/1.1 200 OK\r\n'

  test.for<[string, Answer, string | null]>([
    ['a reset in the body', raw(`${head}content-length: 10\r\n\r\nabc`, 'reset'), null],
    ['a body that is too short', raw(`${head}content-length: 10\r\n\r\nabc`), 'abc'],
    ['a body that is too long', raw(`${head}content-length: 3\r\n\r\nabcdef`), 'abc'],
    ['chunks that are none', raw(`${head}transfer-encoding: chunked\r\n\r\nxyz\r\n`), null],
    ['a body that ends with the connection', raw(`${head}\r\nabc`), 'abc'],
    [
      'a body on a status that has none',
      raw('HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\nabc'),
      null,
    ],
  ])('%s', async ([, answer, excerpt]) => {
    const { record } = await sendTo(answer)
    expect(record.outcome).toMatchObject({ kind: 'answered', word: 'http.2xx' })
    if (excerpt !== null) expect(record.answerExcerpt).toBe(excerpt)
  })

  test('a body that drips is cut at the deadline', async () => {
    const { record } = await sendTo(drippedBody, 300)
    expect(record.outcome).toMatchObject({ kind: 'answered', word: 'http.2xx' })
    expect(record.answerExcerpt).toMatch(/^a+$/)
  })

  test('a body that stops coming is cut at the deadline', async () => {
    const { record } = await sendTo(raw(`${head}content-length: 9\r\n\r\nabc`, 'hang'), 300)
    expect(record).toMatchObject({ outcome: { kind: 'answered', word: 'http.2xx' }, answerExcerpt: 'abc' })
  })

  test('a body without end is cut at its bound', async () => {
    await using receiver = await createReceiver({ answers: () => endlessBody })
    const record = await openSender().send(requestTo(receiver.url))
    expect(record).toMatchObject({ outcome: { word: 'http.2xx' }, answerExcerpt: 'a'.repeat(1_024) })
    await receiver.waitForNoConnection()
  })

  test('a body at its bound is whole, and one byte more is cut', async () => {
    await using receiver = await createReceiver({
      answers: ['a'.repeat(8), 'a'.repeat(9), 'a'].map((body) => ({ kind: 'status', status: 200, body })),
    })
    const sender = openSender({ maxAnswerBytes: 8 })
    const excerpts = []
    for (const path of ['1', '2', '3']) {
      excerpts.push((await sender.send(requestTo(`${receiver.url}${path}`))).answerExcerpt)
    }
    expect(excerpts).toEqual(['aaaaaaaa', 'aaaaaaaa', 'a'])
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1, 2])
  })

  test('a compressed body is kept as it came', async () => {
    const headers = { 'content-encoding': 'gzip' }
    const { record } = await sendTo({ kind: 'status', status: 200, headers, body: 'not really gzip' })
    expect(record.answerExcerpt).toBe('not really gzip')
  })
})

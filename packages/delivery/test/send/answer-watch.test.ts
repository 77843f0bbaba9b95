import { PassThrough, type Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { watchAnswers } from '../../src/send/answer-watch.ts'

/** Reads as an HTTP client does. */
function readAll(stream: Readable): () => string {
  const chunks: Buffer[] = []
  stream.on('readable', () => {
    for (let chunk: unknown = stream.read(); chunk !== null; chunk = stream.read()) {
      if (Buffer.isBuffer(chunk)) chunks.push(chunk)
    }
  })
  return () => Buffer.concat(chunks).toString('latin1')
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** What a client reads of some pieces, and how the watch sees them. */
async function watchPieces(pieces: readonly string[], maxBytes = 1_000) {
  const stream = new PassThrough()
  const watch = watchAnswers(stream, maxBytes)
  const read = readAll(stream)
  let error: unknown = null
  stream.on('error', (thrown) => {
    error = thrown
  })
  for (const piece of pieces) {
    if (!stream.destroyed) stream.write(Buffer.from(piece, 'latin1'))
    await turn()
  }
  return { text: read(), interimStatus: watch.interimStatus, error, watch, stream, read }
}

/** A text in pieces, cut wherever. */
function inPieces(text: string): fc.Arbitrary<string[]> {
  return fc.array(fc.nat(text.length), { maxLength: 6 }).map((cuts) => {
    const places = [0, ...cuts.toSorted((one, other) => one - other), text.length]
    return places.slice(1).map((place, index) => text.slice(places[index], place))
  })
}

const answer = 'HTTP/1.1 200 OK\r\nx: HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'

describe('wherever what is read is cut', () => {
  test.for([
    ['an answer', answer, answer, null],
    ['empty lines before it', `\r\n\n\r\n${answer}`, `\r\n\n\r\n${answer}`, null],
    [
      '100 Continue',
      `HTTP/1.1 100 C\r\na: b\r\n\r\n${answer}`,
      `HTTP/1.1 102 C\r\na: b\r\n\r\n${answer}`,
      100,
    ],
    ['without a reason', `HTTP/1.1 100\r\n\r\n${answer}`, `HTTP/1.1 102\r\n\r\n${answer}`, 100],
    ['of HTTP/1.0', `HTTP/1.0 100 C\r\n\r\n${answer}`, `HTTP/1.0 102 C\r\n\r\n${answer}`, 100],
    [
      'after others',
      `HTTP/1.1 103 A\r\n\r\nHTTP/1.1 100 C\r\n\r\n${answer}`,
      `HTTP/1.1 103 A\r\n\r\nHTTP/1.1 102 C\r\n\r\n${answer}`,
      100,
    ],
    ['103', `HTTP/1.1 103 HTTP/1.1 100\r\n\r\n${answer}`, `HTTP/1.1 103 HTTP/1.1 100\r\n\r\n${answer}`, 103],
  ] as const)('%s is read as it should be', async ([, given, expected, interimStatus]) => {
    await fc.assert(
      fc.asyncProperty(inPieces(given), async (pieces) => {
        expect(await watchPieces(pieces)).toMatchObject({ text: expected, interimStatus, error: null })
      }),
      { numRuns: 40 },
    )
  })

  test.for([
    ['RTSP/1.0 200 OK\r\n', 'ANSWER_NOT_HTTP'],
    ['HTTP/2.0 200 OK\r\n', 'ANSWER_NOT_HTTP'],
    ['HTTP/0.9 200 OK\r\n', 'ANSWER_NOT_HTTP'],
    ['HTTP/11 200 OK\r\n', 'ANSWER_NOT_HTTP'],
    [' HTTP/1.1 200 OK\r\n', 'ANSWER_NOT_HTTP'],
    ['HTTP/1.1 103 A\r\n\r\nSSH-2.0\r\n', 'ANSWER_NOT_HTTP'],
    ['HTTP/1.1 101 A\r\n', 'ANSWER_INTERIM'],
    ['HTTP/1.1 103 A\r\n\r\n'.repeat(17), 'ANSWER_INTERIM'],
    [`HTTP/1.1 200 ${'b'.repeat(1_000)}`, 'ANSWER_TOO_LARGE'],
    ['\r\n'.repeat(501), 'ANSWER_TOO_LARGE'],
  ] as const)('%j ends the connection with %s', async ([given, code]) => {
    await fc.assert(
      fc.asyncProperty(inPieces(given), async (pieces) => {
        expect(await watchPieces(pieces)).toMatchObject({ error: { code } })
      }),
      { numRuns: 40 },
    )
  })
})

test('any bytes at all are read as they are or end the connection', async () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom('HTTP/1.', '1 ', '0', '1', '10', '103', '200', ' OK', '\r\n', '\n', '\r', '\r\n\r\n'),
      fc.string({ unit: 'binary-ascii', maxLength: 5 }),
    ),
  )
  await fc.assert(
    fc.asyncProperty(pieces, async (given) => {
      const { text, error } = await watchPieces(given)
      const whole = given.join('')
      if (error === null) expect(text.replaceAll(' 102', ' 100')).toBe(whole.replaceAll(' 102', ' 100'))
      else expect(error).toHaveProperty('code', expect.stringMatching(/^ANSWER_/))
    }),
    { numRuns: 200 },
  )
})

test('what comes in one piece is seen as it comes: what it is before how much, and the status before the end', async () => {
  const tail = 'x'.repeat(2_000)
  const whole = await watchPieces([answer + tail])
  expect(whole).toMatchObject({ text: answer + tail, error: { code: 'ANSWER_TOO_LARGE' } })
  expect(await watchPieces([`SSH-2.0${tail}`])).toMatchObject({ error: { code: 'ANSWER_NOT_HTTP' } })
  const interim = 'HTTP/1.1 103 A\r\n\r\n'.repeat(100)
  expect(await watchPieces([interim])).toMatchObject({
    interimStatus: 103,
    error: { code: 'ANSWER_INTERIM' },
  })
})

test('what is read of an answer to its end is no reason to end what comes after', async () => {
  const stream = new PassThrough()
  const watch = watchAnswers(stream, 10)
  readAll(stream)
  stream.once('data', () => watch.restart())
  stream.write(answer)
  await turn()
  expect(stream.destroyed).toBe(false)
})

test('as many bytes as there may be are read, for each answer anew', async () => {
  const { watch, stream, read } = await watchPieces(['HTTP/1.1 103 A\r\n\r\n', answer], 18 + answer.length)
  expect(watch.interimStatus).toBe(103)
  watch.restart()
  expect(watch.interimStatus).toBeNull()
  stream.write(`HTTP/1.1 100 A\r\n\r\n${answer}`)
  await turn()
  expect(stream.destroyed).toBe(false)
  expect(read()).toContain('HTTP/1.1 102 A')
  stream.write('x')
  await turn()
  expect(stream.errored).toHaveProperty('code', 'ANSWER_TOO_LARGE')
})

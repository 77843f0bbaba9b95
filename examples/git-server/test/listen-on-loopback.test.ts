import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { listenOnLoopback } from '../src/server/listen-on-loopback.ts'

const forever = 2 ** 31 - 1

let clients: Socket[] = []

afterEach(() => {
  for (const client of clients) client.destroy()
  clients = []
})

async function listen(listener: RequestListener, graceMs: number) {
  const server = createServer(listener)
  return { server, listening: await listenOnLoopback(server, 0, graceMs) }
}

/** Connects and sends what it is given; resolves when the server has accepted. */
async function open(url: string, text: string): Promise<Socket> {
  const client = connect(Number(new URL(url).port), '127.0.0.1')
  client.on('error', () => undefined)
  clients.push(client)
  await once(client, 'connect')
  client.write(text)
  return client
}

const half = 'GET / HTTP/1.1\r\nhost: x\r\n'
const whole = `${half}\r\n`
const bodyBegun = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nbody'

test('a server closes at once though clients are connected that say nothing, half a head, or nothing more', async () => {
  const { server, listening } = await listen((_request, response) => void response.end('x'), forever)
  const accepted = Promise.withResolvers<void>()
  let acceptedCount = 0
  server.on('connection', () => {
    acceptedCount += 1
    if (acceptedCount === 3) accepted.resolve()
  })
  await open(listening.url, '')
  await open(listening.url, half)
  const idle = await open(listening.url, whole)
  await Promise.all([once(idle, 'data'), accepted.promise])
  await listening.close()
})

test('a server that closes answers whoever has asked, and then closes the connection', async () => {
  const asked = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const mayAnswer = Promise.withResolvers<void>()
  const { listening } = await listen((request, response) => {
    request.resume()
    if (request.method === 'POST') {
      begun.resolve()
      return
    }
    asked.resolve()
    void mayAnswer.promise.then(() => response.end('the answer'))
  }, 0)
  const client = await open(listening.url, whole)
  await asked.promise
  const answer = once(client, 'data')
  const unfinished = await open(listening.url, bodyBegun)
  // Not `once`, which would reject if the connection is reset.
  const cutOff = new Promise((resolve) => unfinished.once('close', resolve))
  await begun.promise
  const closed = listening.close()
  // It is waited for no longer; the other one still is.
  await cutOff
  mayAnswer.resolve()
  expect(String(await answer)).toContain('the answer')
  await closed
})

test('a client that does not take its answer is cut off', async () => {
  const asked = Promise.withResolvers<void>()
  const { listening } = await listen((_request, response) => {
    response.write(Buffer.alloc(50_000_000))
    asked.resolve()
  }, 0)
  await open(listening.url, whole)
  await asked.promise
  await listening.close()
})

const chunk = '1\r\nx\r\n'
const chunksBegun = `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`

/** Sends a chunk whenever the last one has come. */
async function sendSteadily(graceMs: number, toNext: () => string) {
  const begun = Promise.withResolvers<void>()
  const { listening } = await listen((request, response) => {
    request.on('data', () => {
      begun.resolve()
      client.write(toNext())
    })
    request.on('error', () => undefined)
    request.on('end', () => void response.end('the answer'))
  }, graceMs)
  const client = await open(listening.url, '')
  client.write(chunksBegun)
  await begun.promise
  return { client, listening }
}

test('a client that goes on is waited for beyond the time that one is given that does not', async () => {
  const graceMs = 50
  let endAt = Number.POSITIVE_INFINITY
  const toNext = () => (performance.now() < endAt ? chunk : '0\r\n\r\n')
  const { client, listening } = await sendSteadily(graceMs, toNext)
  const answer = new Promise((resolve) => client.once('data', resolve).once('close', resolve))
  endAt = performance.now() + 4 * graceMs
  await listening.close()
  expect(String(await answer)).toContain('the answer')
})

test('a client that goes on without end is cut off', async () => {
  const { listening } = await sendSteadily(10, () => chunk)
  await listening.close()
})

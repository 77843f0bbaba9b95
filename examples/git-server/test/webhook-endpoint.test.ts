import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { createEmitter, type Subscription } from 'posthorn'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Listening, listenOnLoopback } from '../src/server/listen-on-loopback.ts'
import { createWebhookEndpoint } from '../src/webhook-endpoint.ts'

const maxBytes = 64 * 1024
const repositoryId = 'b1c6f1d2-6a51-4f0a-9d34-2f9b6a3c5e10'

const created: Subscription[] = []
let listening: Listening
let stop: () => Promise<void>

beforeEach(async () => {
  created.length = 0
  const emitter = await createEmitter({
    site: { htmlUrl: 'http://127.0.0.1', apiUrl: 'http://127.0.0.1/2.0' },
    addresses: { allow: ['127.0.0.0/8'] },
  })
  const endpoint = createWebhookEndpoint('/webhooks', async (draft) => {
    const subject = { type: 'repository', id: repositoryId } as const
    const subscription = await emitter.subscriptions.create({ ...draft, subject })
    created.push(subscription)
    return subscription
  })
  listening = await listenOnLoopback(createServer(endpoint))
  stop = async () => {
    await listening.close()
    await emitter.stop()
  }
})

afterEach(() => stop())

test.for([
  ['application/json', 201],
  ['application/json; charset=utf-8', 201],
  ['application/json;charset=UTF-8', 201],
  ['Application/JSON', 201],
  ['application/jsonp', 415],
  ['text/plain; application/json', 415],
  ['text/plain', 415],
] as const)('the content type %s is answered with %i', async ([type, status]) => {
  expect(await post('{"url":"http://127.0.0.1:9000/hook"}', type)).toMatchObject({ status })
  expect(created).toHaveLength(status === 201 ? 1 : 0)
})

test.for([
  '',
  '{',
  'null',
  '1',
  '"http://127.0.0.1:9000/hook"',
  '[]',
  '[{"url":"http://127.0.0.1:9000/hook"}]',
])('the body %j is refused, because it is not a JSON object', async (body) => {
  expect(await post(body)).toEqual({ status: 400, body: { message: 'Expected a JSON object.' } })
})

test.for(['{}', '{"url":1}'])('the body %j is refused, because Posthorn refuses it', async (body) => {
  expect(await post(body)).toMatchObject({ status: 400, body: { code: expect.any(String) } })
})

test('a body may be 64 KiB long, and not a byte longer', async () => {
  const draft = '{"url":"http://127.0.0.1:9000/hook"}'
  expect(await post(draft.padEnd(maxBytes))).toMatchObject({ status: 201 })
  expect(await post(draft.padEnd(maxBytes + 1))).toMatchObject({ status: 413 })
  expect(created).toHaveLength(1)
})

test('a body without an end is answered before it ends', async () => {
  const client = request(`${listening.url}/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  client.write(' '.repeat(maxBytes + 1))
  const [response] = await once(client, 'response')
  expect(response).toMatchObject({ statusCode: 413 })
  client.once('error', () => undefined).destroy()
})

test('a client that reads only when it has sent everything is answered too', async () => {
  const bytes = Buffer.alloc(16 * 1024 * 1024, ' ')
  const socket = connect(Number(new URL(listening.url).port), '127.0.0.1').pause()
  const head = `POST /webhooks HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${bytes.length}\r\n`
  socket.write(`${head}content-type: application/json\r\n\r\n`)
  await new Promise<void>((resolve, reject) =>
    socket.write(bytes, (error) => (error ? reject(error) : resolve())),
  )
  const [answer] = await once(socket.resume(), 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
  socket.destroy()
})

async function post(text: string, type = 'application/json'): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': type }
  const answer = await fetch(`${listening.url}/webhooks`, { method: 'POST', headers, body: text })
  const body: unknown = await answer.json()
  return { status: answer.status, body }
}

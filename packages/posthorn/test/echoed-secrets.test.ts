import type { ReceivedRequest } from '@posthorn/test-kit/receiver'
import { expect, test } from 'vitest'
import { createStandardWebhooksSecret } from '../src/index.ts'
import { deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const standard = createStandardWebhooksSecret()
const previous = createStandardWebhooksSecret()
const basic = Buffer.from('ci:pl4nted/pass&w0rd').toString('base64')

/** What a receiver says, and what of it is in the history. */
const echoes: readonly (readonly [
  what: string,
  say: (request: ReceivedRequest) => string,
  hidden: (request: ReceivedRequest) => readonly string[],
])[] = [
  ['its own secret', () => 'wrong key pl4nted-secret', () => ['pl4nted-secret']],
  ['its secret of Standard Webhooks', () => `expected ${standard}`, () => [standard.slice(6)]],
  ['it without its prefix', () => `expected ${standard.slice(6)}`, () => [standard.slice(6)]],
  [
    'what follows the scheme in its header',
    ({ headers }) => `no key ${String(headers['x-key']).split(' ')[1]}`,
    () => ['pl4nted-piece'],
  ],
  [
    'a name in its query',
    ({ path }) => `{"${new URL(path, 'http://x').search.split('&')[1]}":""}`,
    () => ['pl4nted-name'],
  ],
  ['the one before', () => `expected ${previous}`, () => [previous.slice(6)]],
  [
    'the signature',
    ({ headers }) => `got ${String(headers['x-hub-signature'])}`,
    ({ headers }) => [String(headers['x-hub-signature']).slice(7)],
  ],
  [
    'one of the signatures of Standard Webhooks',
    ({ headers }) => `got ${String(headers['webhook-signature']).split(' ')[1]?.slice(3)}`,
    ({ headers }) => [String(headers['webhook-signature']).split(' ')[1]?.slice(3) ?? ''],
  ],
  ['its headers', ({ headers }) => JSON.stringify(headers), () => ['pl4nted', basic]],
  [
    'its headers, in PHP',
    ({ headers }) => JSON.stringify(headers).replaceAll('/', '\\/'),
    () => ['pl4nted', basic],
  ],
  ['its path', ({ path }) => decodeURIComponent(path).toUpperCase(), () => ['TOKEN', 'QUERY']],
  [
    'the password, in HTML',
    ({ headers }) =>
      Buffer.from(String(headers.authorization).slice(6), 'base64')
        .toString()
        .replace('&', '&amp;')
        .replace('/', '&#47;'),
    () => ['pl4nted', 'w0rd'],
  ],
]

test.for(echoes)('an answer that repeats %s is kept without it', async ([, say, hidden]) => {
  const emitter = await open({ retry: { delaysMs: [0] } })
  const receiver = await receive({
    answers: (request) => ({ kind: 'status', status: 400, body: say(request) }),
  })
  const { id } = await emitter.subscriptions.create({
    subject,
    url: `${receiver.url}p%2Fath-token?key=a%20query-value&pl4nted-name`,
    secret: 'pl4nted-secret',
    standardWebhooks: { secret: previous },
    headers: { 'X-Token': 'pl4nted"header/value', 'X-Key': 'Token pl4nted-piece' },
    auth: { type: 'basic', username: 'ci', password: 'pl4nted/pass&w0rd' },
  })
  await emitter.subscriptions.update(id, { standardWebhooks: { secret: standard } })
  const deliveryId = await deliver(emitter)
  await emitter.idle()
  const [attempt] = await emitter.deliveries.attempts(deliveryId)
  const [request] = receiver.requests
  if (request === undefined) expect.unreachable()
  expect(attempt?.answerExcerpt).toContain('[redacted]')
  for (const part of hidden(request)) {
    expect(part.length).toBeGreaterThan(3)
    expect(say(request)).toContain(part)
    expect(attempt?.answerExcerpt).not.toContain(part)
  }
})

import { createHmac } from 'node:crypto'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import {
  bitbucketDialects,
  createMemoryStore,
  createStandardWebhooksSecret,
  verifySignature,
} from '../src/index.ts'
import { attemptsOf, deliver, failing, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const postReceive = 'bitbucket-server-post-receive'
const whsec = createStandardWebhooksSecret()
const url = 'http://127.0.0.1:65535/hook'

describe('a request', () => {
  test('carries the headers of its subscription and its authorization, in order and each once', async () => {
    const emitter = await open()
    const receiver = await receive()
    await emitter.subscriptions.create({
      subject,
      url: receiver.url,
      secret: 'own',
      headers: { 'X-Token': 'abc  def', 'x-second': '!~' },
      auth: { type: 'basic', username: 'Aladdin', password: 'open sesame' },
    })
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    const names = request?.rawHeaders.filter((_, index) => index % 2 === 0)
    expect(names?.map((name) => name.toLowerCase())).toHaveLength(new Set(names).size)
    expect(names?.slice(-4)).toEqual(['X-Token', 'x-second', 'Authorization', 'content-length'])
    expect(request?.headers).toMatchObject({
      'x-token': 'abc  def',
      'x-second': '!~',
      authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
      'x-event-key': 'repo:push',
    })
  })

  test('cannot carry a header that is called like a member of every object', async () => {
    const emitter = await open()
    for (const name of ['__proto__', 'constructor']) {
      const headers = JSON.parse(`{ "${name}": "1" }`)
      const creating = emitter.subscriptions.create({ subject, url, headers })
      await expect(creating).rejects.toMatchObject({ code: 'subscription.headers-invalid' })
    }
  })

  test.for(['bitbucket-cloud', postReceive])(
    'of the dialect %s is verified by the library of Standard Webhooks and by our own',
    async (dialect) => {
      const emitter = await open()
      const receiver = await receive({ answers: [failing] })
      await emitter.subscriptions.create({
        subject,
        url: receiver.url,
        dialect,
        standardWebhooks: { secret: whsec },
      })
      const deliveryId = await deliver(emitter)
      const requests = await receiver.waitForRequests(2)
      for (const { headers, body } of requests) {
        expect(headers['webhook-id']).toBe(deliveryId)
        expect(() => new Webhook(whsec).verify(body, headers as Record<string, string>)).not.toThrow()
        expect(verifySignature({ body, headers, standardWebhooks: { secret: whsec } })).toBe(true)
        expect(
          verifySignature({ body: body.subarray(1), headers, standardWebhooks: { secret: whsec } }),
        ).toBe(false)
      }
    },
  )

  test('has both signatures where both are asked for, over the bytes that were sent', async () => {
    const emitter = await open()
    const receiver = await receive()
    await emitter.subscriptions.create({
      subject,
      url: receiver.url,
      secret: 'ключ 🔑',
      standardWebhooks: { secret: whsec },
    })
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    if (request === undefined) expect.unreachable()
    const { body, headers } = request
    expect(headers['x-hub-signature']).toBe(
      `sha256=${createHmac('sha256', 'ключ 🔑').update(body).digest('hex')}`,
    )
    expect(
      verifySignature({ body, headers, secret: ['old', 'ключ 🔑'], standardWebhooks: { secret: whsec } }),
    ).toBe(true)
  })

  test('is stamped with the time of each attempt, in seconds of the injected clock', async () => {
    const clock = createManualClock(1_767_225_600_999)
    const emitter = await open({ clock, retry: { delaysMs: [0, 60_000] } })
    const receiver = await receive({ answers: [failing] })
    await emitter.subscriptions.create({ subject, url: receiver.url, standardWebhooks: { secret: whsec } })
    await deliver(emitter)
    await receiver.waitForRequests(1)
    await emitter.idle()
    clock.advance(60_000)
    emitter.wake()
    const requests = await receiver.waitForRequests(2)
    expect(requests.map(({ headers }) => headers['webhook-timestamp'])).toEqual(['1767225600', '1767225660'])
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })
})

describe('what can be read back', () => {
  test('is everything but secrets', async () => {
    const emitter = await open()
    const created = await emitter.subscriptions.create({
      subject,
      url,
      headers: { 'X-Token': 'S3CRET', 'X-Other': 'S3CRET' },
      auth: { type: 'basic', username: 'ci', password: 'S3CRET' },
      standardWebhooks: { secret: whsec },
    })
    expect(created).toMatchObject({
      headerNames: ['X-Token', 'X-Other'],
      auth: { type: 'basic', username: 'ci' },
      standardWebhooks: { previousUntil: null },
      tls: null,
    })
    expect(JSON.stringify(created)).not.toMatch(/S3CRET|whsec_/)
    expect(
      await emitter.subscriptions.update(created.id, { headers: {}, auth: null, standardWebhooks: null }),
    ).toMatchObject({ headerNames: [], auth: null, standardWebhooks: null })
  })

  test('of a subscription that knows none of it is that there is none', async () => {
    const store = createMemoryStore()
    const emitter = await open({ store })
    const { id } = await emitter.subscriptions.create({ subject, url })
    const handle = await store.open({ clock: createManualClock() })
    const [record] = await handle.getSubscriptions([id])
    if (record === undefined) expect.unreachable()
    const { title, dialect, variant, skipCertificateVerification } = record.content.settings
    const settings = { title, url, dialect, variant, skipCertificateVerification, signing: { legacy: null } }
    await handle.updateSubscription(
      id,
      1,
      { ...record.content, settings },
      { group: 'webhook', maxCount: 50 },
    )
    expect(await emitter.subscriptions.get(id)).toMatchObject({
      url,
      hasSecret: false,
      headerNames: [],
      auth: null,
      standardWebhooks: null,
      tls: null,
    })
    expect(await emitter.subscriptions.update(id, { headers: { 'X-A': '1' } })).toMatchObject({
      url,
      headerNames: ['X-A'],
    })
    await handle.close()
  })
})

describe('headers and dialects', () => {
  test('a header that the dialect came to set since it was stored goes out once, as the dialect has it', async () => {
    const store = createMemoryStore()
    const emitter = await open({ store })
    const receiver = await receive()
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, headers: { 'X-A': '1' } })
    const handle = await store.open({ clock: createManualClock() })
    const [record] = await handle.getSubscriptions([id])
    if (record === undefined) expect.unreachable()
    const names = ['user-agent', 'X_Event_Key', 'X-A']
    const sealed = `clear:${JSON.stringify(names.map((name) => [name, '1']))}`
    const settings = { ...record.content.settings, headers: { names, sealed } }
    await handle.updateSubscription(
      id,
      1,
      { ...record.content, settings },
      { group: 'webhook', maxCount: 50 },
    )
    await handle.close()
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    expect(request?.headers).toMatchObject({ 'user-agent': 'Bitbucket-Webhooks/2.0', 'x-a': '1' })
    expect(request?.rawHeaders.filter((text) => text.toLowerCase() === 'user-agent')).toHaveLength(1)
    expect(request?.rawHeaders).not.toContain('X_Event_Key')
  })

  test.for(['User-Agent', 'X-Event-Key', 'x-hub-signature', 'X-Request-UUID'])(
    'a subscription cannot set what its dialect sets: %s',
    async (name) => {
      const emitter = await open()
      const creating = emitter.subscriptions.create({ subject, url, headers: { [name]: 'x' } })
      await expect(creating).rejects.toMatchObject({
        code: 'subscription.headers-invalid',
        field: `headers.${name}`,
      })
    },
  )

  test.for(['X-Event-Key', 'X-Hook-UUID', 'X_Hub_Signature'])(
    'a subscription cannot set what another dialect sets, since receivers may go by it: %s',
    async (name) => {
      const emitter = await open()
      const draft = { subject, url, dialect: postReceive }
      const refusal = { code: 'subscription.headers-invalid', field: `headers.${name}` }
      const headers = { [name]: 'x' }
      await expect(emitter.subscriptions.create({ ...draft, headers })).rejects.toMatchObject(refusal)
      const created = await emitter.subscriptions.create(draft)
      await expect(emitter.subscriptions.update(created.id, { headers })).rejects.toMatchObject(refusal)
      expect(await emitter.subscriptions.get(created.id)).toEqual(created)
    },
  )

  test('a name that a dialect came to set stays, until the dialect is changed to that one', async () => {
    const store = createMemoryStore()
    const [, second] = bitbucketDialects
    const before = await open({ store, dialects: second === undefined ? [] : [second] })
    const headers = { 'X-Event-Key': 'mine' }
    const { id } = await before.subscriptions.create({ subject, url, dialect: postReceive, headers })
    const emitter = await open({ store })
    const updating = emitter.subscriptions.update(id, { dialect: 'bitbucket-cloud' })
    await expect(updating).rejects.toMatchObject({ field: 'headers.X-Event-Key' })
    const renamed = await emitter.subscriptions.update(id, { title: 'CI' })
    expect(renamed).toMatchObject({ title: 'CI', headerNames: ['X-Event-Key'] })
    expect(
      await emitter.subscriptions.update(id, { dialect: 'bitbucket-cloud', headers: null }),
    ).toMatchObject({ dialect: 'bitbucket-cloud', headerNames: [] })
  })
})

describe('history', () => {
  const draft = {
    subject,
    secret: 'S3CRET-own',
    headers: { 'X-Token': 'S3CRET-header' },
    auth: { type: 'bearer', token: 'S3CRET-token' },
    standardWebhooks: { secret: whsec },
  } as const

  test('shows the headers of each attempt in order, also of one that failed, without secret values', async () => {
    const emitter = await open()
    const receiver = await receive({ answers: [failing, { kind: 'raw', bytes: 'not HTTP', end: 'close' }] })
    await emitter.subscriptions.create({ ...draft, url: receiver.url })
    const told = attemptsOf(emitter)
    const deliveryId = await deliver(emitter)
    await receiver.waitForRequests(3)
    await emitter.idle()
    const attempts = await emitter.deliveries.attempts(deliveryId)
    expect(attempts).toHaveLength(3)
    for (const [index, { requestHeaders }] of attempts.entries()) {
      expect(requestHeaders).toEqual([
        ['User-Agent', 'Bitbucket-Webhooks/2.0'],
        ['Content-Type', 'application/json'],
        ['X-Event-Key', 'repo:push'],
        ['X-Hook-UUID', expect.any(String)],
        ['X-Request-UUID', deliveryId],
        ['X-Attempt-Number', String(index + 1)],
        ['X-Posthorn-Depth', '0'],
        ['webhook-id', deliveryId],
        ['webhook-timestamp', expect.stringMatching(/^\d{10}$/)],
        ['X-Hub-Signature', '[redacted]'],
        ['webhook-signature', '[redacted]'],
        ['X-Token', '[redacted]'],
        ['Authorization', '[redacted]'],
      ])
      expect(told[index]?.attempt.requestHeaders).toEqual(requestHeaders)
      const sent = receiver.requests[index]?.rawHeaders.filter((_, place) => place % 2 === 0)
      expect(sent).toEqual(expect.arrayContaining(requestHeaders.map(([name]) => name)))
    }
  })

  test('shows nothing that an answer repeats of the request', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const receiver = await receive({
      answers: ({ path, headers }) => ({
        kind: 'status',
        status: 404,
        body: `Cannot POST ${path} with ${JSON.stringify(headers)}`,
      }),
    })
    await emitter.subscriptions.create({ ...draft, url: `${receiver.url}hooks/S3CRET-path?key=S3CRET-query` })
    const deliveryId = await deliver(emitter)
    await emitter.idle()
    const [attempt] = await emitter.deliveries.attempts(deliveryId)
    expect(attempt?.answerExcerpt).toMatch(/^Cannot POST \/hooks\/\[redacted\]/)
    expect(attempt?.answerExcerpt).not.toContain('S3CRET')
  })
  test.for<[string, (token: string) => string]>([
    ['the host', (token) => `https://${token}.example/`],
    ['the scheme', (token) => `${token}:x`],
    ['a host that is too long to be shown', (token) => `https://${'a'.repeat(90)}.${token}.example/`],
    ['a scheme that is too long to be shown', (token) => `a${'b'.repeat(90)}${token}${'c'.repeat(12_000)}:x`],
  ])('shows nothing that a redirect repeats in %s', async ([, toLocation]) => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const receiver = await receive({
      answers: ({ headers }) => {
        const location = toLocation(String(headers['x-token']))
        return { kind: 'status', status: 302, headers: { location } }
      },
    })
    const told = attemptsOf(emitter)
    const headers = { 'X-Token': 'S3CRET-in-Header-of-its-own' }
    await emitter.subscriptions.create({ subject, url: receiver.url, headers })
    const deliveryId = await deliver(emitter)
    await emitter.idle()
    const [attempt] = await emitter.deliveries.attempts(deliveryId)
    for (const detail of [attempt?.outcome.detail, told[0]?.attempt.outcome.detail]) {
      expect(detail).toMatch(/^Location .*, path with hash [0-9a-f]{12}$/)
      expect(detail).not.toMatch(/s3cret|header/i)
      expect(detail?.length).toBeLessThan(300)
    }
  })
})

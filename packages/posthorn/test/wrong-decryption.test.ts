import { createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { expect, test } from 'vitest'
import { createStandardWebhooksSecret } from '../src/index.ts'
import { attemptsOf, deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const client = await createSelfSignedCertificate()
const other = await createSelfSignedCertificate()
const server = await createSelfSignedCertificate()
const basic = `Basic ${Buffer.from('another:password').toString('base64')}`

/** What a function of the host's may give although nothing was changed: the text of another field, of nothing, of anything. */
const wrong: readonly (readonly [field: string, text: string])[] = [
  ['url', ''],
  ['url', 'file:///etc/passwd'],
  ['url', 'http://169.254.169.254/'],
  ['url', 'http://user:password@127.0.0.1/'],
  ['signing.legacy', ''],
  ['signing.legacy', 'x'.repeat(129)],
  ['signing.legacy', 'a\0b'],
  ['signing.standard', ''],
  ['signing.standard', 'x'],
  ['auth', ''],
  ['auth', 'Bearer'],
  ['auth', 'Bearer '],
  ['auth', 'Bearer a\r\nX-Evil: 1'],
  ['auth', 'Bearer é'],
  ['auth', 'token'],
  ['auth', basic],
  ['headers', ''],
  ['headers', 'null'],
  ['headers', '{}'],
  ['headers', '[]'],
  ['headers', '"x"'],
  ['headers', '["X-Token"]'],
  ['headers', '[["X-Token"]]'],
  ['headers', '[["X-Token", "a", "b"]]'],
  ['headers', '[["X-Token", "a\\r\\nX-Evil: 1"]]'],
  ['headers', '[["Host", "evil.example"], ["X-Token", "a"]]'],
  ['headers', '[["X-Token", "a"], ["X-Other", "b"]]'],
  ['headers', '[["X-Other", "a"]]'],
  ['tls.key', ''],
  ['tls.key', 'x'],
  ['tls.key', other.key],
]

test.for(wrong)('%s that opens as %j is not sent, and is no fault of the receiver', async ([field, text]) => {
  let isWrong = false
  const emitter = await open({
    encryption: {
      encrypt: (plaintext) => plaintext,
      decrypt: (sealed, place) => (isWrong && place.endsWith(`:${field}`) ? text : sealed),
    },
  })
  const receiver = await receive({ certificate: server })
  await emitter.subscriptions.create({
    subject,
    url: receiver.url,
    secret: 'secret',
    standardWebhooks: { secret: createStandardWebhooksSecret() },
    auth: { type: 'bearer', token: 'token' },
    headers: { 'X-Token': 'a' },
    tls: { certificate: client.cert, key: client.key },
    skipCertificateVerification: true,
  })
  const attempts = attemptsOf(emitter)
  await deliver(emitter)
  await emitter.idle()
  isWrong = true
  await deliver(emitter)
  await emitter.idle()
  expect(attempts).toMatchObject([
    { attempt: { outcome: { word: 'http.2xx' } } },
    {
      attempt: {
        outcome: { word: 'local.secret-unreadable', detail: `${field} could not be opened` },
        isCounted: false,
      },
    },
  ])
  expect(receiver.requests).toHaveLength(1)
})

test('a basic authorization opens as what it was, whatever is in it', async () => {
  const emitter = await open()
  const receiver = await receive()
  const auth = { type: 'basic', username: 'ü', password: ' a:b ☃ ' } as const
  await emitter.subscriptions.create({ subject, url: receiver.url, auth })
  await deliver(emitter)
  const [request] = await receiver.waitForRequests(1)
  expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('ü: a:b ☃ ').toString('base64')}`)
})

import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  createAesGcmEncryption,
  createEmitter,
  createStandardWebhooksSecret,
  verifySignature,
} from '../src/index.ts'
import { open } from './delivery-fixture.ts'
import { site, subject } from './samples.ts'

/** What people paste into the wrong place: keys of their encryption, in every form, and secrets of subscriptions. */
const misplaced: readonly (readonly [what: string, secret: string])[] = [
  ['a key in base64', randomBytes(32).toString('base64')],
  ['a key in base64url', randomBytes(32).toString('base64url')],
  ['a key in hex', randomBytes(32).toString('hex')],
  ['a secret of Standard Webhooks', createStandardWebhooksSecret()],
  ['a password', 'pl4nted-hunter2'],
  ['a user and a password', 'pl4nted:hunter2'],
]

const aes = (options: unknown) => async () => createAesGcmEncryption(options as never)
const verify = (options: unknown) => async () => verifySignature(options as never)
const start = (options: object) => () => createEmitter({ site, ...options } as never)

const calls: readonly (readonly [where: string, call: (secret: string) => () => Promise<unknown>])[] = [
  ['createAesGcmEncryption(secret)', (secret) => aes(secret)],
  ['currentKeyId', (secret) => aes({ keys: { one: randomBytes(32) }, currentKeyId: secret })],
  ['keys', (secret) => aes({ keys: secret, currentKeyId: 'one' })],
  ['a key', (secret) => aes({ keys: { one: secret }, currentKeyId: 'one' })],
  ['createEmitter(secret)', (secret) => () => createEmitter(secret as never)],
  ...[
    'site',
    'store',
    'encryption',
    'addresses',
    'retry',
    'deadlineMs',
    'role',
    'concurrency',
    'ratePerLane',
    'dialects',
    'caps',
    'breaker',
    'retention',
    'resolver',
    'proxy',
    'tls',
    'localAddress',
    'keepAlive',
    'leaseMs',
    'maxDepth',
    'logger',
    'clock',
    'random',
  ].map((name) => [name, (secret: string) => start({ [name]: secret })] as const),
  ['site.htmlUrl', (secret) => start({ site: { ...site, htmlUrl: `ftp://${secret}@git.example.com` } })],
  ['addresses.allow', (secret) => start({ addresses: { allow: [`https://u:${secret}@ci.example.com`] } })],
  ['addresses.allow[0]', (secret) => start({ addresses: { allow: [secret] } })],
  ['a host', (secret) => start({ addresses: { allow: [{ host: { secret }, addresses: [] }] } })],
  ['retry.delaysMs', (secret) => start({ retry: { delaysMs: [secret] } })],
  ['retry.jitter', (secret) => start({ retry: { delaysMs: [0], jitter: secret } })],
  ['caps of a dialect', (secret) => start({ caps: { 'bitbucket-cloud': { maxCommits: secret } } })],
  ['verifySignature(secret)', (secret) => verify(secret)],
  ['standardWebhooks', (secret) => verify({ body: '', headers: {}, standardWebhooks: secret })],
  ['signatureHeader', (secret) => verify({ body: '', headers: {}, secret, signatureHeader: `${secret} ` })],
  ['now', (secret) => verify({ body: '', headers: {}, secret, now: secret })],
]

/** All that an error shows, and `util.inspect` of it; the caller's own stack is none of it. */
async function shownBy(call: () => Promise<unknown>): Promise<string> {
  const error: unknown = await call().then(
    () => expect.unreachable('it was accepted'),
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: expect.stringMatching(/^(option|subscription|subject|event)\./) })
  return inspect(error, { depth: 9, showHidden: true, maxStringLength: null })
}

describe.for(misplaced)('%s is in no message', ([, secret]) => {
  test.for(calls)('as %s', async ([, call]) => {
    expect(await shownBy(call(secret))).not.toContain(secret)
  })

  test.for([
    'title',
    'url',
    'events',
    'dialect',
    'active',
    'skipCertificateVerification',
    'standardWebhooks',
    'headers',
    'auth',
    'tls',
    'order',
  ])('as `%s` of a subscription', async (field) => {
    const emitter = await open()
    const draft = {
      subject,
      url: 'http://127.0.0.1:65535/',
      [field]: field === 'title' ? `${secret}\n` : secret,
    }
    expect(await shownBy(() => emitter.subscriptions.create(draft))).not.toContain(secret)
  })

  test('as one of the events, as the beginning of a URL, in a subject or in an option', async () => {
    const emitter = await open()
    const url = 'http://127.0.0.1:65535/'
    const subscribe = (draft: object) => () =>
      emitter.subscriptions.create({ subject, url, ...draft } as never)
    for (const call of [
      subscribe({ events: ['repo:push', secret] }),
      subscribe({ url: `${secret}://ci.example.com/` }),
      subscribe({ url: `${secret}:443` }),
      subscribe({ standardWebhooks: { secret: createStandardWebhooksSecret(), keepPreviousMs: secret } }),
      subscribe({ subject: secret }),
      subscribe({ subject: { type: secret, id: subject.id } }),
      subscribe({ subject: { type: 'repository', id: secret } }),
      () => emitter.deliveries.list({ maxCount: secret } as never),
      () => emitter.deliveries.recover(secret as never),
      () => emitter.idle({ withinMs: secret } as never),
      async () => emitter.on(secret as never, () => {}),
    ]) {
      expect(await shownBy(call)).not.toContain(secret)
    }
  })
})

test.for(misplaced.slice(0, 4))('%s is not shown as the name of an option either', async ([, secret]) => {
  const emitter = await open()
  for (const call of [
    aes({ [secret]: 1 }),
    aes({ keys: { [secret]: 'one' }, currentKeyId: 'one' }),
    aes({ keys: { [secret]: 'one' }, currentKeyId: secret }),
    start({ [secret]: 1 }),
    start({ proxy: { [secret]: 1 } }),
    start({ addresses: { [secret]: 1 } }),
    start({ retry: { [secret]: 1 } }),
    verify({ body: '', headers: {}, [secret]: 1 }),
    () => emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/', [secret]: 1 } as never),
  ]) {
    expect(await shownBy(call)).not.toContain(secret)
  }
})

test('the name of an option that was misspelt is shown', async () => {
  await expect(createEmitter({ site, deadlinMs: 5 } as never)).rejects.toThrow('Unknown option `deadlinMs`')
})

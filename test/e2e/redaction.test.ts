import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { createReceiver, type ReceivedRequest, type Receiver } from '@posthorn/test-kit/receiver'
import { type Answer, hang, reset } from '@posthorn/test-kit/receiver-answer'
import {
  createAesGcmEncryption,
  createEmitter,
  createStandardWebhooksSecret,
  type Emitter,
  type EmitterEvents,
  type EmitterOptions,
  type PushEvent,
} from 'posthorn'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { actor, repository, site, subject } from '../sample-push.ts'

const push: PushEvent = { key: 'repo:push', repository, actor, refUpdates: [] }

/** Every place that something secret can be configured in, each with a secret of its own. */
const client = await createSelfSignedCertificate()
const [, , keyLine = ''] = client.key.split('\n')
const planted = {
  secret: 'pl4nted-own-secret',
  standard: createStandardWebhooksSecret(),
  previous: createStandardWebhooksSecret(),
  token: 'pl4nted.bearer.token',
  password: 'pl4nted pässword',
  header: 'pl4nted-header-value',
  query: 'pl4nted-query-value',
  path: 'pl4nted-path-token',
  username: 'pl4nted-userinfo-name',
  userPassword: 'pl4nted-userinfo-password',
  key: keyLine,
}
const stored: readonly (keyof typeof planted)[] = [
  'secret',
  'standard',
  'previous',
  'token',
  'password',
  'header',
  'query',
  'path',
  'key',
]
const bearer = { type: 'bearer', token: planted.token } as const
const basic = { type: 'basic', username: 'ci', password: planted.password } as const
const headers = { 'X-Token': planted.header }
const tls = { certificate: client.cert, key: client.key }

let folder: string
let receiver: Receiver

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-redaction-'))
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Says back all that it was sent. */
function echo({ path, headers: sent, rawHeaders, body }: ReceivedRequest): string {
  const basicText = String(sent.authorization ?? '').replace(/^Basic /, '')
  const decoded = Buffer.from(basicText, 'base64').toString()
  return `${decodeURIComponent(path)} ${path} ${decoded} ${rawHeaders.join(' ')} ${JSON.stringify(sent)} ${body.toString()}`
}

/** Fails in another way each time. */
function fail(request: ReceivedRequest, index: number): Answer {
  const body = echo(request)
  const ways: readonly Answer[] = [
    { kind: 'status', status: 500, body },
    { kind: 'status', status: 404, body: body.slice(0, 40) },
    { kind: 'status', status: 302, headers: { location: request.path, 'retry-after': '0' }, body },
    { kind: 'status', status: 429, headers: { 'retry-after': '0' }, body },
    { kind: 'raw', bytes: `${body}\r\n\r\n`, end: 'close' },
    reset,
    hang,
  ]
  return ways[index % ways.length] ?? hang
}

function start(options: Partial<EmitterOptions>): Promise<Emitter> {
  return createEmitter({
    site,
    addresses: { allow: ['127.0.0.0/8'] },
    store: createSqliteStore({ location: join(folder, 'posthorn.db') }),
    retry: { delaysMs: [0, 1, 1] },
    deadlineMs: 500,
    ...options,
  })
}

const encryption = createAesGcmEncryption({ keys: { one: randomBytes(32) }, currentKeyId: 'one' })

const eventNames: readonly (keyof EmitterEvents)[] = [
  'attempted',
  'delivered',
  'exhausted',
  'cancelled',
  'discarded',
  'parked',
  'recovered',
  'set-aside',
  'subscription-disabled',
  'warning',
  'listener-error',
]

/** Takes down whatever is shown. */
function createNotes(): { add(...things: readonly unknown[]): void; readonly text: string } {
  const notes: string[] = []
  return {
    add(...things) {
      for (const thing of things)
        notes.push(inspect(thing, { depth: 20, showHidden: true, maxStringLength: null, getters: true }))
    },
    get text() {
      return notes.join('\n')
    },
  }
}

/** The secrets that can be found in some bytes, in clear or encoded. */
function findPlanted(bytes: Buffer): readonly string[] {
  return Object.entries(planted).flatMap(([name, secret]) => {
    const bare = secret.replace(/^whsec_/, '')
    const forms = [
      bare,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      inspect(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2),
      Buffer.from(secret).toString('hex'),
    ]
    return forms.some((form) => bytes.includes(form)) ? [name] : []
  })
}

function readFiles(): Buffer {
  const names = readdirSync(folder)
  expect(names).toContain('posthorn.db')
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))))
}

/** Subscribes in every way, and lets every delivery fail in every way. */
async function run(emitter: Emitter, notes: ReturnType<typeof createNotes>): Promise<void> {
  const urlOf = (base: string) => `${base}hooks/${planted.path}?key=${planted.query}&x=1`
  const refusedUrl = urlOf('http://127.0.0.1:9000/')
  const urls = [urlOf(receiver.url), urlOf(receiver.url.replace('http:', 'https:')), refusedUrl]
  for (const name of eventNames) emitter.on(name, (event) => notes.add(event))
  for (const url of urls) {
    for (const auth of [bearer, basic]) {
      const { id } = await emitter.subscriptions.create({
        subject,
        url,
        secret: planted.secret,
        standardWebhooks: { secret: planted.previous },
        headers,
        auth,
        tls,
        skipCertificateVerification: true,
      })
      await emitter.subscriptions.update(id, { standardWebhooks: { secret: planted.standard } })
      const view = await emitter.subscriptions.get(id)
      // The owner of a subscription reads its URL.
      notes.add({ ...view, url: '' })
    }
  }
  const subscriptions = await emitter.subscriptions.list(subject)
  const receipt = await emitter.emit(push)
  notes.add(receipt, await emitter.explain(push))
  await emitter.idle({ withinMs: 100 })
  for (const { id } of receipt.deliveries) {
    notes.add(await emitter.deliveries.get(id), await emitter.deliveries.attempts(id))
  }
  for (const { id } of subscriptions.slice(0, 2)) notes.add(await emitter.ping(id, { wait: true }))
  notes.add(await emitter.deliveries.list(), await emitter.stats(), emitter)
  notes.add(await emitter.explainTarget(refusedUrl))
}

describe('secrets planted in every place', () => {
  test('are in nothing that is told, shown, printed or stored', async () => {
    receiver = await createReceiver({ answers: fail })
    const notes = createNotes()
    const consoles = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const
    const originals = consoles.map((name) => [name, console[name]] as const)
    for (const name of consoles) console[name] = (...things: unknown[]) => notes.add(...things)
    const emitter = await start({ encryption })
    try {
      await run(emitter, notes)
      expect(findPlanted(readFiles())).toEqual([])
    } finally {
      await emitter.stop()
      for (const [name, original] of originals) console[name] = original
    }
    expect(receiver.requests.length).toBeGreaterThanOrEqual(8)
    expect(notes.text).toContain('[redacted]')
    expect(notes.text).toContain('certificate-verification-skipped')
    expect(findPlanted(Buffer.from(notes.text))).toEqual([])
    expect(findPlanted(readFiles())).toEqual([])
  })

  test('are found in the files by this search if there is no encryption', async () => {
    receiver = await createReceiver()
    const emitter = await start({})
    const url = `${receiver.url}hooks/${planted.path}?key=${planted.query}`
    const more = { secret: planted.secret, headers, tls, auth: bearer }
    const { id } = await emitter.subscriptions.create({
      subject,
      url,
      ...more,
      standardWebhooks: { secret: planted.previous },
    })
    await emitter.subscriptions.update(id, { standardWebhooks: { secret: planted.standard } })
    await emitter.subscriptions.create({ subject, url, auth: basic })
    await emitter.stop()
    expect(findPlanted(readFiles()).toSorted()).toEqual(stored.toSorted())
  })
})

test('secrets in input that is refused are in no error', async () => {
  receiver = await createReceiver()
  const url = receiver.url
  const userinfo = `${planted.username}:${planted.userPassword}`
  const tail = `hooks/${planted.path}?key=${planted.query}`
  const other = await createSelfSignedCertificate()
  const variants: readonly object[] = [
    { url: `http://${userinfo}@127.0.0.1/${tail}` },
    { url: `http://127.0.0.1/${tail}#${planted.secret}` },
    { url: `http://127.0.0.1/${tail}\r\nX: ${planted.header}` },
    { url: `http:/127.0.0.1/${tail}` },
    { url: `http://[::1/${tail}` },
    { url: `ftp://${userinfo}@127.0.0.1/${tail}` },
    { url: `${userinfo}@127.0.0.1/${tail}` },
    { url: userinfo },
    { url: `http://169.254.169.254/${tail}` },
    { url: `http://127.0.0.1:22/${tail}` },
    { url: `http://127.0.0.1/${tail}${'x'.repeat(3_000)}` },
    { url: planted.token },
    { secret: planted.secret.repeat(20) },
    { secret: `${planted.secret}\0` },
    { secret: [planted.secret] },
    { secret: planted.secret, dialect: 'bitbucket-server-post-receive' },
    { standardWebhooks: { secret: planted.standard.slice(0, -1) } },
    { standardWebhooks: { secret: planted.standard.replace('whsec_', '') } },
    { standardWebhooks: planted.standard },
    { standardWebhooks: { secret: planted.standard, keepPreviousMs: planted.previous } },
    { standardWebhooks: { secret: planted.standard, [planted.previous]: 1 } },
    { headers: { Host: planted.header } },
    { headers: { Authorization: `Bearer ${planted.token}` } },
    { headers: { 'X-Event-Key': planted.header } },
    { headers: { 'X-Token': `${planted.header}\r\n` } },
    { headers: { 'X-Token': planted.header, 'x-token': planted.header } },
    { headers: { 'X-Token': [planted.header] } },
    { headers: { [`Authorization: Bearer ${planted.token}`]: planted.header } },
    { headers: { 'X-Token': planted.header.repeat(1_000) } },
    { headers: `X-Token: ${planted.header}` },
    { auth: { type: planted.token } },
    { auth: { type: 'bearer', token: `${planted.token} ` } },
    { auth: { type: 'basic', username: `a:${planted.username}`, password: planted.password } },
    { auth: { type: 'basic', username: 'a', password: `${planted.password}\n` } },
    { auth: { type: 'bearer', token: 'a', [planted.token]: planted.password } },
    { auth: planted.token },
    { tls: { certificate: other.cert, key: client.key } },
    { tls: { certificate: client.key, key: client.key } },
    { tls: { certificate: client.cert, key: client.key.replaceAll('A', 'B') } },
    { tls: client.key },
  ]
  const emitter = await start({ encryption })
  const { id } = await emitter.subscriptions.create({ subject, url })
  const notes = createNotes()
  for (const variant of variants) {
    const outcomes = await Promise.allSettled([
      emitter.subscriptions.create({ subject, url, ...variant } as never),
      emitter.subscriptions.update(id, variant),
      'url' in variant ? emitter.explainTarget(String(variant.url)) : Promise.reject(new Error('none')),
    ])
    const [creating, updating] = outcomes
    expect([creating?.status, updating?.status]).toEqual(['rejected', 'rejected'])
    for (const outcome of outcomes) notes.add(outcome)
  }
  await emitter.stop()
  expect(findPlanted(Buffer.from(notes.text))).toEqual([])
})

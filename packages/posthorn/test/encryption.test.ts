import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import type { Store, SubscriptionRecord } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { describe, expect, test } from 'vitest'
import { createAesGcmEncryption, createMemoryStore, type Encryption } from '../src/index.ts'
import { attemptsOf, deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const aes = () => createAesGcmEncryption({ keys: { one: randomBytes(32) }, currentKeyId: 'one' })
const secrets = {
  secret: 'S3CRET-own',
  headers: { 'X-Token': 'S3CRET-header' },
  auth: { type: 'bearer', token: 'S3CRET-token' },
} as const

/** What a store holds of the subscriptions of the subject. */
async function readRecords(store: Store): Promise<readonly SubscriptionRecord[]> {
  const handle = await store.open({ clock: createManualClock() })
  const records = await handle.listSubscriptions(subject)
  await handle.close()
  return records
}

describe('with an encryption', () => {
  test('the store holds nothing in clear, and the receiver gets everything', async () => {
    const store = createMemoryStore()
    const emitter = await open({ store, encryption: aes() })
    const receiver = await receive()
    const url = `${receiver.url}S3CRET-path?key=S3CRET-query`
    const created = await emitter.subscriptions.create({ subject, url, ...secrets })
    expect(created.url).toBe(url)
    expect(await emitter.subscriptions.get(created.id)).toEqual(created)
    expect(await emitter.subscriptions.list(subject)).toEqual([created])
    expect(JSON.stringify(await readRecords(store))).not.toContain('S3CRET')
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    expect(request).toMatchObject({
      path: '/S3CRET-path?key=S3CRET-query',
      headers: { 'x-token': 'S3CRET-header', authorization: 'Bearer S3CRET-token' },
    })
  })

  test('what is kept in an update stays as it was sealed, and what is set is sealed anew', async () => {
    const store = createMemoryStore()
    const emitter = await open({ store, encryption: aes() })
    const url = 'http://127.0.0.1:65535/hook'
    const { id } = await emitter.subscriptions.create({ subject, url, ...secrets })
    const [before] = await readRecords(store)
    await emitter.subscriptions.update(id, { title: 'CI' })
    const [kept] = await readRecords(store)
    expect(kept?.content.settings).toEqual({ ...before?.content.settings, title: 'CI' })
    await emitter.subscriptions.update(id, { auth: secrets.auth, url })
    const [changed] = await readRecords(store)
    expect(changed?.content.settings.auth).not.toEqual(before?.content.settings.auth)
    expect(changed?.content.settings.url).not.toEqual(before?.content.settings.url)
    expect(changed?.content.settings.headers).toEqual(before?.content.settings.headers)
  })

  test('what was stored before there was one goes on being delivered', async () => {
    const store = createMemoryStore()
    const receiver = await receive()
    const clear = await open({ store })
    const { id } = await clear.subscriptions.create({ subject, url: receiver.url, ...secrets })
    await clear.stop()
    expect(JSON.stringify(await readRecords(store))).toContain('S3CRET-own')
    const emitter = await open({ store, encryption: aes() })
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    expect(request?.headers).toMatchObject({ 'x-token': 'S3CRET-header' })
    await emitter.subscriptions.update(id, { url: receiver.url, ...secrets })
    expect(JSON.stringify(await readRecords(store))).not.toContain('S3CRET')
  })

  test('functions that wait are waited for', async () => {
    const slow: Encryption = {
      encrypt: async (text, place) => `${place}|${Buffer.from(text).toString('base64')}`,
      async decrypt(sealed, place) {
        const [sealedPlace, text = ''] = sealed.split('|')
        if (sealedPlace !== place) throw new Error('another place')
        return Buffer.from(text, 'base64').toString()
      },
    }
    const emitter = await open({ encryption: slow })
    const receiver = await receive()
    await emitter.subscriptions.create({ subject, url: receiver.url, ...secrets })
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    expect(request?.headers).toMatchObject({ 'x-token': 'S3CRET-header' })
  })

  test('a secret that is moved to another subscription cannot be opened there', async () => {
    const store = createMemoryStore()
    const emitter = await open({ store, encryption: aes() })
    const receiver = await receive()
    const rich = await emitter.subscriptions.create({ subject, url: receiver.url, ...secrets, active: false })
    const poor = await emitter.subscriptions.create({ subject, url: receiver.url })
    const handle = await store.open({ clock: createManualClock() })
    const records = await handle.getSubscriptions([rich.id, poor.id])
    const auth = records.find(({ id }) => id === rich.id)?.content.settings.auth ?? null
    const record = records.find(({ id }) => id === poor.id)
    if (record === undefined) expect.unreachable()
    const content = { ...record.content, settings: { ...record.content.settings, auth } }
    await handle.updateSubscription(poor.id, 1, content, { group: 'webhook', maxCount: 50 })
    const attempts = attemptsOf(emitter)
    await deliver(emitter)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(0)
    expect(attempts[0]?.attempt).toMatchObject({
      outcome: { kind: 'own-fault', word: 'local.secret-unreadable', detail: 'auth could not be opened' },
      isCounted: false,
      requestHeaders: [],
    })
    await handle.close()
  })
})

test('a secret that is moved to another field of its subscription cannot be opened there', async () => {
  const store = createMemoryStore()
  const emitter = await open({ store, encryption: aes() })
  const { id } = await emitter.subscriptions.create({
    subject,
    url: 'http://127.0.0.1:65535/',
    // What could be sent to, and would send the token in its place.
    headers: { 'X-Token': 'http://127.0.0.1:65535/' },
    secret: 'http://127.0.0.1:65535/',
  })
  const handle = await store.open({ clock: createManualClock() })
  const [record] = await handle.getSubscriptions([id])
  if (record === undefined) expect.unreachable()
  const { settings } = record.content
  const url = settings.signing.legacy ?? ''
  const moved = { ...record.content, settings: { ...settings, url } }
  await handle.updateSubscription(id, 1, moved, { group: 'webhook', maxCount: 50 })
  await expect(emitter.subscriptions.get(id)).rejects.toMatchObject({ code: 'secret.unreadable' })
  const attempts = attemptsOf(emitter)
  await deliver(emitter)
  await emitter.idle()
  expect(attempts[0]?.attempt.outcome).toMatchObject({
    word: 'local.secret-unreadable',
    detail: 'url could not be opened',
  })
  await handle.close()
})

describe('an encryption that fails', () => {
  const failing = (text: string): never => {
    throw new Error(`cannot do ${text}`)
  }

  const ways: readonly (readonly [how: string, encrypt: unknown])[] = [
    ['throws', failing],
    ['rejects', async (text: string) => failing(text)],
    ['gives nothing', () => undefined],
    ['gives no text', () => Buffer.from('S3CRET')],
    ['gives an empty text', () => ''],
    ['gives NUL', () => 'a\0'],
    ['never ends', () => new Promise(() => {})],
  ]

  test.for(ways)('and %s refuses to store, without a word of the secret', async ([, encrypt]) => {
    const encryption = { encrypt, decrypt: failing } as Encryption
    const emitter = await open({ encryption, deadlineMs: 50 })
    const creating = emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/', ...secrets })
    await expect(creating).rejects.toMatchObject({ code: 'secret.unsealable' })
    const error: unknown = await creating.catch((thrown: unknown) => thrown)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('S3CRET')
    expect(await emitter.stats()).toMatchObject({ subscriptionCount: 0 })
  })

  test.for(ways.filter(([how]) => how !== 'gives NUL' && how !== 'gives an empty text'))(
    'and %s when it opens is a fault of our own, that uses up no attempt',
    async ([, decrypt]) => {
      const store = createMemoryStore()
      const sound = aes()
      const before = await open({ store, encryption: sound, role: 'emit' })
      const { id } = await before.subscriptions.create({
        subject,
        url: 'http://127.0.0.1:65535/',
        ...secrets,
      })
      const deliveryId = await deliver(before)
      await before.stop()
      const encryption = { encrypt: sound.encrypt, decrypt } as Encryption
      const emitter = await open({ store, encryption, deadlineMs: 50 })
      await emitter.idle()
      const [attempt] = await emitter.deliveries.attempts(deliveryId)
      expect(attempt).toMatchObject({ outcome: { word: 'local.secret-unreadable' }, isCounted: false })
      expect(JSON.stringify(attempt)).not.toContain('S3CRET')
      await expect(emitter.subscriptions.get(id)).rejects.toMatchObject({ code: 'secret.unreadable' })
      expect(await emitter.subscriptions.delete(id)).toBe(true)
    },
  )

  test('an emitter that lost it says so', async () => {
    const store = createMemoryStore()
    const before = await open({ store, encryption: aes() })
    const { id } = await before.subscriptions.create({ subject, url: 'http://127.0.0.1:65535/', ...secrets })
    const after = await open({ store })
    const unreadable = { code: 'secret.unreadable', message: expect.stringContaining(id) }
    await expect(after.subscriptions.get(id)).rejects.toMatchObject(unreadable)
    expect(await after.subscriptions.list(subject)).toMatchObject([{ id, fault: 'secret.unreadable' }])
  })
})

test.for([7, 'aes', {}, { encrypt: () => '' }])('%o is no encryption', async (encryption) => {
  await expect(open({ encryption } as never)).rejects.toMatchObject({ field: 'encryption' })
})

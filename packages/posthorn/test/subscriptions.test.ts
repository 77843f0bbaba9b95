import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryStore, type Emitter, type EmitterWarning } from '../src/index.ts'
import { createPush, repository, startEmitter, subject } from './samples.ts'

const url = 'http://127.0.0.1:65535/hook'
let emitter: Emitter

beforeEach(async () => {
  emitter = await startEmitter()
})

afterEach(() => emitter.stop())

test('what was configured can be read back, without its secret', async () => {
  const created = await emitter.subscriptions.create({
    subject,
    title: 'CI',
    url,
    secret: 'a secret nobody reads',
  })
  expect(created).toMatchObject({
    subject,
    title: 'CI',
    url,
    version: 1,
    events: ['repo:push'],
    dialect: 'bitbucket-cloud',
    active: true,
    disabled: null,
    skipCertificateVerification: false,
    hasSecret: true,
    order: 'none',
  })
  expect(await emitter.subscriptions.get(created.id)).toEqual(created)
  expect(await emitter.subscriptions.list(subject)).toEqual([created])
  expect(JSON.stringify(await emitter.subscriptions.list(subject))).not.toContain('a secret nobody reads')
})

describe('an update', () => {
  test('changes what it names, keeps the rest, and counts the version up', async () => {
    const { id } = await emitter.subscriptions.create({ subject, title: 'CI', url, secret: 'first' })
    const updated = await emitter.subscriptions.update(id, { title: 'Build' })
    expect(updated).toMatchObject({ id, title: 'Build', url, hasSecret: true, version: 2 })
  })

  test('with a secret of null removes it', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url, secret: 'first' })
    expect(await emitter.subscriptions.update(id, { secret: null })).toMatchObject({ hasSecret: false })
  })

  test('to a forbidden address is refused, and changes nothing', async () => {
    const created = await emitter.subscriptions.create({ subject, url })
    const updating = emitter.subscriptions.update(created.id, { url: 'http://169.254.169.254/' })
    await expect(updating).rejects.toMatchObject({ code: 'subscription.url-forbidden' })
    expect(await emitter.subscriptions.get(created.id)).toEqual(created)
  })

  test('that always comes second is given up with a code', async () => {
    const inner = createMemoryStore()
    const faster = await startEmitter({ store: inner })
    let title = 0
    const slower = await startEmitter({
      store: createWatchedStore(inner, async ({ method }) => {
        title += 1
        if (method === 'updateSubscription') await faster.subscriptions.update(id, { title: String(title) })
      }),
    })
    const { id } = await faster.subscriptions.create({ subject, url })
    const updating = slower.subscriptions.update(id, { title: 'mine' })
    await expect(updating).rejects.toMatchObject({ code: 'subscription.version-conflict' })
    await Promise.all([faster.stop(), slower.stop()])
  })

  test('cannot move a subscription to another subject', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url })
    const moving = emitter.subscriptions.update(id, { subject } as never)
    await expect(moving).rejects.toMatchObject({ code: 'subscription.invalid', field: 'subject' })
  })

  test('of a subscription that is not there is refused', async () => {
    const id = '01890000-0000-7000-8000-000000000000'
    await expect(emitter.subscriptions.update(id, {})).rejects.toMatchObject({
      code: 'subscription.not-found',
      id,
    })
    expect(await emitter.subscriptions.get(id)).toBeNull()
    expect(await emitter.subscriptions.delete(id)).toBe(false)
  })

  test('concurrent updates all take effect', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url })
    await Promise.all([
      emitter.subscriptions.update(id, { title: 'CI' }),
      emitter.subscriptions.update(id, { active: false }),
      emitter.subscriptions.update(id, { events: ['repo:fork'] }),
      emitter.subscriptions.update(id, { secret: 'x' }),
    ])
    expect(await emitter.subscriptions.get(id)).toMatchObject({
      title: 'CI',
      active: false,
      events: ['repo:fork'],
      hasSecret: true,
      version: 5,
    })
  })
})

describe('limits', () => {
  test('100 creates at the same time leave exactly 50 webhooks', async () => {
    const creates = Array.from({ length: 100 }, () =>
      emitter.subscriptions.create({ subject, url, active: false }),
    )
    const results = await Promise.allSettled(creates)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(50)
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'subscription.limit-reached', limit: 50, count: 50 })
      }
    }
    expect(await emitter.subscriptions.list(subject)).toHaveLength(50)
  })

  test('20 Post-Receive URLs at the same time leave exactly 5, whatever the number of webhooks', async () => {
    await Promise.all(Array.from({ length: 50 }, () => emitter.subscriptions.create({ subject, url })))
    const dialect = 'bitbucket-server-post-receive'
    const creates = Array.from({ length: 20 }, () => emitter.subscriptions.create({ subject, url, dialect }))
    const results = await Promise.allSettled(creates)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(await emitter.subscriptions.list(subject)).toHaveLength(55)
  })

  test('an update that changes the dialect is counted again, and refused it changes nothing', async () => {
    const dialect = 'bitbucket-server-post-receive'
    for (let count = 0; count < 5; count += 1) await emitter.subscriptions.create({ subject, url, dialect })
    const webhook = await emitter.subscriptions.create({ subject, url })
    const updating = emitter.subscriptions.update(webhook.id, { dialect })
    await expect(updating).rejects.toMatchObject({ code: 'subscription.limit-reached', limit: 5, count: 5 })
    expect(await emitter.subscriptions.get(webhook.id)).toEqual(webhook)
  })
})

describe('bad input is refused and changes nothing', () => {
  const postReceive = 'bitbucket-server-post-receive'
  const refused: readonly (readonly [title: string, draft: object, code: string])[] = [
    ['a URL with credentials', { url: 'https://user:word@ci.example.com/' }, 'subscription.url-invalid'],
    ['a URL with a fragment', { url: 'https://ci.example.com/#top' }, 'subscription.url-invalid'],
    ['a URL of another scheme', { url: 'ftp://ci.example.com/' }, 'subscription.url-invalid'],
    ['a URL with a line break', { url: 'https://ci.example.com/\r\nX: y' }, 'subscription.url-invalid'],
    ['a private address', { url: 'http://10.0.0.1/' }, 'subscription.url-forbidden'],
    ['a metadata address in decimal', { url: 'http://2852039166/' }, 'subscription.url-forbidden'],
    ['a port of a database', { url: 'https://ci.example.com:5432/' }, 'subscription.url-forbidden'],
    ['an unknown event', { events: ['repo:pushed'] }, 'subscription.events-invalid'],
    ['no event', { events: [] }, 'subscription.events-invalid'],
    ['an event twice', { events: ['repo:push', 'repo:push'] }, 'subscription.events-invalid'],
    ['an unknown dialect', { dialect: 'gitea' }, 'subscription.dialect-unknown'],
    ['an over-long secret', { secret: 'x'.repeat(129) }, 'subscription.invalid'],
    ['an over-long title', { title: 'x'.repeat(256) }, 'subscription.invalid'],
    ['a title of two lines', { title: 'CI\r\nX-Header: y' }, 'subscription.invalid'],
    ['Post-Receive with a secret', { dialect: postReceive, secret: 'x' }, 'subscription.invalid'],
    [
      'Post-Receive with another event',
      { dialect: postReceive, events: ['repo:fork'] },
      'subscription.events-invalid',
    ],
    [
      'Post-Receive on a workspace',
      { dialect: postReceive, subject: { type: 'workspace', id: repository.workspace.uuid } },
      'subscription.invalid',
    ],
    ['an unknown field', { colour: 'red' }, 'subscription.invalid'],
    ['a subject without a UUID', { subject: { type: 'repository', id: '1' } }, 'subject.invalid'],
  ]

  test.for(refused)('%s', async ([, draft, code]) => {
    const creating = emitter.subscriptions.create({ subject, url, ...draft } as never)
    await expect(creating).rejects.toMatchObject({ code })
    expect(await emitter.stats()).toMatchObject({ subscriptionCount: 0 })
  })
})

describe('skipping certificate verification', () => {
  test('warns when it is created or switched on, and not when it stays', async () => {
    const warnings: EmitterWarning[] = []
    emitter.on('warning', (warning) => void warnings.push(warning))
    const first = await emitter.subscriptions.create({ subject, url, skipCertificateVerification: true })
    await emitter.subscriptions.update(first.id, { title: 'CI' })
    const second = await emitter.subscriptions.create({ subject, url })
    await emitter.subscriptions.update(second.id, { skipCertificateVerification: true })
    expect(warnings).toMatchObject([
      { kind: 'certificate-verification-skipped', subscription: { id: first.id } },
      { kind: 'certificate-verification-skipped', subscription: { id: second.id } },
    ])
  })
})

test('deleting all of a subject cancels what is pending, and tells', async () => {
  const receiver = await createReceiver({ answers: () => ({ kind: 'status', status: 503 }) })
  const slow = await startEmitter({ retry: { delaysMs: [0, 60_000] } })
  const cancelled: unknown[] = []
  slow.on('cancelled', (event) => void cancelled.push(event))
  const { id } = await slow.subscriptions.create({ subject, url: receiver.url })
  await slow.subscriptions.create({ subject, url: receiver.url, active: false })
  const { deliveries } = await slow.emit(createPush())
  await slow.idle()
  expect(await slow.subscriptions.deleteAll(subject)).toBe(2)
  expect(await slow.subscriptions.list(subject)).toEqual([])
  const delivery = await slow.deliveries.get(deliveries[0]?.id ?? '')
  expect(delivery).toMatchObject({ state: 'cancelled', reason: 'subscription-deleted' })
  expect(cancelled).toEqual([
    { subscriptionId: id, deliveryId: null, count: 1, reason: 'subscription-deleted' },
  ])
  await slow.stop()
  await receiver.close()
})

test('an address is refused before anything is dialled', async () => {
  let dialled = 0
  const count = (): void => {
    dialled += 1
  }
  subscribe('net.client.socket', count)
  const strict = await startEmitter({ addresses: {} })
  await expect(strict.subscriptions.create({ subject, url: 'http://127.0.0.1/' })).rejects.toMatchObject({
    code: 'subscription.url-forbidden',
  })
  await strict.stop()
  unsubscribe('net.client.socket', count)
  expect(dialled).toBe(0)
})

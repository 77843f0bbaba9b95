import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspect } from 'node:util'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import {
  createAesGcmEncryption,
  createEmitter,
  type Emitter,
  type EmitterOptions,
  type EmitterWarning,
  type PushEvent,
  toUuid,
} from 'posthorn'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { actor, repository, site, subject } from '../sample-push.ts'

const other = { ...repository, uuid: toUuid(site.htmlUrl, 'repository', 2), id: 2 }
const push: PushEvent = { key: 'repo:push', repository, actor, refUpdates: [] }
const secret = 'pl4nted-secret'

let folder: string
let location: string
let receiver: Receiver

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-damaged-'))
  location = join(folder, 'posthorn.db')
  receiver = await createReceiver()
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(options: Partial<EmitterOptions> = {}): Promise<Emitter> {
  const store = createSqliteStore({ location })
  return createEmitter({
    site,
    store,
    addresses: { allow: ['127.0.0.0/8'] },
    retry: { delaysMs: [0] },
    ...options,
  })
}

/** The store may be in the middle of a transaction of its own. */
function openBeside(): DatabaseSync {
  return new DatabaseSync(location, { timeout: 10_000 })
}

function change(id: string, column: string, toDamaged: (value: string) => string): void {
  const database = openBeside()
  const row = database.prepare(`select ${column} as value from subscriptions where id = ?`).get(id)
  const damaged = toDamaged(String(row?.value))
  database.prepare(`update subscriptions set ${column} = ? where id = ?`).run(damaged, id)
  database.close()
}

/** Ways in which a disk, a restored page or a hand may have left a row. */
const damages: readonly (readonly [what: string, column: string, toDamaged: (value: string) => string])[] = [
  ['settings that are cut', 'settings', (settings) => settings.slice(0, settings.indexOf(secret) + 8)],
  [
    'settings that end within a secret',
    'settings',
    (settings) => settings.replace(`"clear:${secret}"`, `clear:${secret}`),
  ],
  ['settings that are nothing', 'settings', () => ''],
  ['settings of another kind', 'settings', () => '5'],
  ['settings without members', 'settings', () => '{}'],
  ['settings without signing', 'settings', (settings) => settings.replace('"signing"', '"sihning"')],
  ['events that are no JSON', 'events', () => '["repo:pu'],
  ['events of another kind', 'events', () => '{"repo:push":1}'],
  ['a standing that is no JSON', 'disabled', () => '{"at":1'],
]

describe.for(damages)('a subscription with %s', ([, column, toDamaged]) => {
  test('is held back and told of once, and everybody else goes on', async () => {
    const writer = await start({ role: 'emit' })
    const bad = await writer.subscriptions.create({ subject, url: `${receiver.url}bad`, secret })
    await writer.subscriptions.create({ subject, url: `${receiver.url}beside` })
    const elsewhere = { type: 'repository', id: other.uuid } as const
    await writer.subscriptions.create({ subject: elsewhere, url: `${receiver.url}elsewhere` })
    const first = await writer.emit(push)
    await writer.emit(push)
    await writer.stop()
    change(bad.id, column, toDamaged)

    const lines: unknown[] = []
    const emitter = await start({ logger: { warn: (fields) => void lines.push(fields) } })
    const warnings: EmitterWarning[] = []
    emitter.on('warning', (warning) => void warnings.push(warning))
    await receiver.waitForRequests(2)
    await emitter.emit({ ...push, repository: other })
    const receipt = await emitter.emit(push)
    await emitter.idle()
    expect(receipt.deliveries).toHaveLength(1)
    expect(receipt.skipped).toEqual([{ subscriptionId: bad.id, reason: 'damaged' }])
    expect(receiver.requests.map(({ path }) => path).toSorted()).toEqual([
      '/beside',
      '/beside',
      '/beside',
      '/elsewhere',
    ])
    expect(warnings).toEqual([{ kind: 'subscription-damaged', subscriptionId: bad.id }])
    expect(lines).toEqual([{ event: 'warning', kind: 'subscription-damaged', subscriptionId: bad.id }])

    const waiting = first.deliveries.find(({ subscriptionId }) => subscriptionId === bad.id)?.id ?? ''
    expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'parked', attemptCount: 0 })
    const told = { code: 'store.corrupt', message: expect.stringContaining(bad.id) }
    for (const call of [
      () => emitter.subscriptions.get(bad.id),
      () => emitter.subscriptions.update(bad.id, { secret: null }),
      () => emitter.ping(bad.id),
    ]) {
      const calling = call()
      await expect(calling).rejects.toMatchObject(told)
      const error: unknown = await calling.catch((thrown: unknown) => thrown)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('pl4nted')
    }
    const listed = await emitter.subscriptions.list(subject)
    expect(listed).toMatchObject([{ id: bad.id, fault: 'store.corrupt', url: '' }, { title: '' }])
    expect(listed[1]).not.toHaveProperty('fault')
    expect(await emitter.explain(push)).toContainEqual({
      subscriptionId: bad.id,
      matches: false,
      reason: 'damaged',
    })
    expect(await emitter.subscriptions.delete(bad.id)).toBe(true)
    expect(await emitter.deliveries.get(waiting)).toMatchObject({ state: 'cancelled' })
    await emitter.stop()
  })
})

test('a subscription that was mended goes on where it was held back', async () => {
  const writer = await start({ role: 'emit' })
  const { id } = await writer.subscriptions.create({ subject, url: receiver.url })
  await writer.emit(push)
  await writer.stop()
  let sound = ''
  change(id, 'settings', (settings) => {
    sound = settings
    return '{'
  })
  const emitter = await start()
  await new Promise((resolve) => emitter.on('warning', resolve))
  await emitter.idle()
  change(id, 'settings', () => sound)
  expect(await emitter.ping(id, { wait: true })).toMatchObject({ word: 'http.2xx' })
  await emitter.idle({ withinMs: 10 })
  expect(receiver.requests.length).toBeGreaterThanOrEqual(1)
  await emitter.stop()
})

test('a breaker whose row is damaged counts as closed', async () => {
  const writer = await start({ role: 'emit' })
  const { id } = await writer.subscriptions.create({ subject, url: receiver.url })
  await writer.emit(push)
  await writer.stop()
  const database = openBeside()
  database
    .prepare(
      'insert into health (scope, version, parked_until, max_leased_count, state) values (?, 1, null, null, ?)',
    )
    .run(`subscription:${id}`, '{"phase')
  database.close()
  const emitter = await start()
  await receiver.waitForRequests(1)
  await emitter.idle()
  expect(await emitter.stats()).toMatchObject({ pendingCount: 0 })
  await emitter.stop()
})

test('an attempt whose row is damaged keeps its own delivery from being read, and says nothing of what stands there', async () => {
  const emitter = await start()
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const { deliveries } = await emitter.emit(push)
  await emitter.idle()
  const database = openBeside()
  database.prepare('update attempts set record = ?').run('{"outcome":pl4nted')
  database.close()
  const id = deliveries[0]?.id ?? ''
  const reading = emitter.deliveries.attempts(id)
  await expect(reading).rejects.toMatchObject({
    code: 'store.corrupt',
    message: expect.stringContaining('`record`'),
  })
  const error: unknown = await reading.catch((thrown: unknown) => thrown)
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('pl4nted')
  expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'delivered' })
  await emitter.stop()
})

describe('a subscription whose key is gone', () => {
  const keyed = (id: string) => createAesGcmEncryption({ keys: { [id]: randomBytes(32) }, currentKeyId: id })

  test('is in the list with its fault, beside those that can be read, and can be deleted', async () => {
    const before = await start({ role: 'emit', encryption: keyed('one') })
    const { id } = await before.subscriptions.create({
      subject,
      url: `${receiver.url}a`,
      title: 'CI',
      secret,
    })
    await before.stop()
    const emitter = await start({ encryption: keyed('two') })
    const sound = await emitter.subscriptions.create({ subject, url: `${receiver.url}b` })
    const listed = await emitter.subscriptions.list(subject)
    expect(listed).toMatchObject([
      { id, title: 'CI', url: '', hasSecret: true, fault: 'secret.unreadable' },
      { id: sound.id },
    ])
    expect(listed[1]).toEqual(sound)
    const told = { code: 'secret.unreadable', message: expect.stringContaining(id) }
    await expect(emitter.subscriptions.get(id)).rejects.toMatchObject(told)
    await expect(emitter.subscriptions.update(id, { active: false })).rejects.toMatchObject(told)
    for (const { fault, id: listedId } of listed)
      if (fault !== undefined) await emitter.subscriptions.delete(listedId)
    expect(await emitter.subscriptions.list(subject)).toEqual([sound])
    await emitter.stop()
  })

  test('is named by an emitter that has no key at all', async () => {
    const before = await start({ role: 'emit', encryption: keyed('one') })
    const { id } = await before.subscriptions.create({ subject, url: receiver.url })
    await before.stop()
    const emitter = await start()
    expect(await emitter.subscriptions.list(subject)).toMatchObject([{ id, fault: 'secret.unreadable' }])
    await expect(emitter.subscriptions.get(id)).rejects.toThrow(id)
    await emitter.stop()
  })
})

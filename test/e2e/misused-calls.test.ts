import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter, createMemoryStore, type Emitter, PosthornError, type PushEvent } from 'posthorn'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actor, repository, site, subject } from '../sample-push.ts'

const push: PushEvent = { key: 'repo:push', repository, actor, refUpdates: [] }
const url = 'http://127.0.0.1:65535/'

/** An emitter as one sees it who does without types. */
type Untyped = Record<string, (...values: unknown[]) => unknown> & {
  readonly subscriptions: Record<string, (...values: unknown[]) => unknown>
  readonly deliveries: Record<string, (...values: unknown[]) => unknown>
}

type Call = (emitter: Untyped) => unknown

const notIds: readonly unknown[] = [undefined, null, {}, 5, ['x'], Symbol('x')]

const withIds: readonly (readonly [name: string, call: (emitter: Untyped, id: unknown) => unknown])[] = [
  ['subscriptions.get', ({ subscriptions }, id) => subscriptions.get?.(id)],
  ['subscriptions.update', ({ subscriptions }, id) => subscriptions.update?.(id, {})],
  ['subscriptions.delete', ({ subscriptions }, id) => subscriptions.delete?.(id)],
  ['deliveries.get', ({ deliveries }, id) => deliveries.get?.(id)],
  ['deliveries.attempts', ({ deliveries }, id) => deliveries.attempts?.(id)],
  ['deliveries.redeliver', ({ deliveries }, id) => deliveries.redeliver?.(id)],
  ['deliveries.cancel', ({ deliveries }, id) => deliveries.cancel?.(id)],
  ['ping', ({ ping }, id) => ping?.(id)],
]

const misused: readonly (readonly [name: string, call: Call, code: string])[] = [
  ['emit with a misspelt depth', ({ emit }) => emit?.(push, { dpeth: 3 }), 'option.unknown'],
  ['emit with a depth alone', ({ emit }) => emit?.(push, 5), 'option.invalid'],
  ['emit with null', ({ emit }) => emit?.(push, null), 'option.invalid'],
  ['emit with a word for depth', ({ emit }) => emit?.(push, { depth: '3' }), 'option.invalid'],
  ['ping with null', ({ ping }) => ping?.('x', null), 'option.invalid'],
  ['ping with a misspelt option', ({ ping }) => ping?.('x', { wiat: true }), 'option.unknown'],
  ['ping with a word for wait', ({ ping }) => ping?.('x', { wait: 'yes' }), 'option.invalid'],
  ['recover with nothing', ({ deliveries }) => deliveries.recover?.(), 'option.invalid'],
  [
    'recover with a misspelt option',
    ({ deliveries }) => deliveries.recover?.({ sicne: 0 }),
    'option.unknown',
  ],
  ['list with null', ({ deliveries }) => deliveries.list?.(null), 'option.invalid'],
  [
    'list with a cursor that is none',
    ({ deliveries }) => deliveries.list?.({ cursor: 'x' }),
    'option.invalid',
  ],
  ['list with half a cursor', ({ deliveries }) => deliveries.list?.({ cursor: '5.' }), 'option.invalid'],
  ['list with another cursor', ({ deliveries }) => deliveries.list?.({ cursor: '{}' }), 'option.invalid'],
  ['list with a number for a cursor', ({ deliveries }) => deliveries.list?.({ cursor: 5 }), 'option.invalid'],
  ['idle with a misspelt option', ({ idle }) => idle?.({ withinSeconds: 3 }), 'option.unknown'],
  ['idle with null', ({ idle }) => idle?.(null), 'option.invalid'],
  ['idle with NaN', ({ idle }) => idle?.({ withinMs: Number.NaN }), 'option.invalid'],
  ['stop with a negative time', ({ stop }) => stop?.({ timeoutMs: -1 }), 'option.invalid'],
  ['stop with a misspelt option', ({ stop }) => stop?.({ tiemoutMs: 1 }), 'option.unknown'],
  ['interest in nothing', ({ interest }) => interest?.(null, 'repo:push'), 'event.invalid'],
  [
    'interest without a project',
    ({ interest }) => interest?.({ uuid: subject.id }, 'repo:push'),
    'event.invalid',
  ],
  ['explainTarget of nothing', ({ explainTarget }) => explainTarget?.(undefined), 'subscription.url-invalid'],
  ['a list of no subject', ({ subscriptions }) => subscriptions.list?.(null), 'subject.invalid'],
  ['an update with null', ({ subscriptions }) => subscriptions.update?.('x', null), 'subscription.not-found'],
]

async function reasonOf(call: () => unknown): Promise<unknown> {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    expect.unreachable(`it threw at once: ${String(error)}`)
  }
  return Promise.resolve(result).then(
    () => expect.unreachable('it was accepted'),
    (reason: unknown) => reason,
  )
}

describe.for(['memory', 'sqlite'])('with the store in %s', (name) => {
  let folder: string
  let emitter: Emitter
  const untyped = () => emitter as unknown as Untyped

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'posthorn-misused-'))
    const location = join(folder, 'posthorn.db')
    const store = name === 'memory' ? createMemoryStore() : createSqliteStore({ location })
    emitter = await createEmitter({
      site,
      store,
      addresses: { allow: ['127.0.0.0/8'] },
      retry: { delaysMs: [60_000] },
    })
    await emitter.subscriptions.create({ subject, url })
    await emitter.emit(push)
  })

  afterAll(async () => {
    await emitter.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.for(withIds)('%s refuses what is no id', async ([, call]) => {
    for (const id of notIds) {
      const reason = await reasonOf(() => call(untyped(), id))
      expect(reason).toBeInstanceOf(PosthornError)
      expect(reason).toMatchObject({
        code: 'option.invalid',
        field: expect.stringMatching(/^(?:id|subscriptionId)$/),
      })
    }
  })

  test.for(misused)('%s is refused, and changes nothing', async ([, call, code]) => {
    const before = await emitter.stats()
    const reason = await reasonOf(() => call(untyped()))
    expect(reason).toBeInstanceOf(PosthornError)
    expect(reason).toMatchObject({ code })
    expect(await emitter.stats()).toEqual({ ...before, storeNow: expect.any(Number) })
  })
})

test.for(['x', 7, {}, [{ name: null }], [{}], [{ name: 'x' }]])('%o are no dialects', async (dialects) => {
  await expect(createEmitter({ site, dialects } as never)).rejects.toMatchObject({ field: 'dialects' })
})

test('addresses can be null as little as anything else', async () => {
  await expect(createEmitter({ site, addresses: null } as never)).rejects.toMatchObject({
    field: 'addresses',
  })
})

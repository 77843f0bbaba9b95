import {
  type AttemptOutcome,
  type DeliveryState,
  errorCodes,
  type FinalReason,
  type FinalState,
  PosthornError,
  type PosthornErrorCode,
  type SkippedSubscription,
} from '@posthorn/core'
import { readTable } from '@posthorn/test-kit/read-table'
import { createReceiver } from '@posthorn/test-kit/receiver'
import {
  createEmitter,
  createMemoryStore,
  type Emitter,
  type EmitterOptions,
  type WebhookEvent,
} from 'posthorn'
import { expect, onTestFinished, test } from 'vitest'
import { addresses, site, subject, toSamplePush } from '../sample-push.ts'

const page = 'docs/emitting.md'
const firstCells = (heading: string) => readTable(page, heading).map(([cell]) => cell)

test('docs/emitting.md shows every state of a delivery', () => {
  const states: Readonly<Record<DeliveryState, 'yes' | 'no'>> = {
    pending: 'no',
    parked: 'no',
    leased: 'no',
    delivered: 'yes',
    exhausted: 'yes',
    cancelled: 'yes',
    discarded: 'yes',
  } satisfies Record<FinalState, 'yes'> & Record<Exclude<DeliveryState, FinalState>, 'no'>
  const shown = readTable(page, '## Where a delivery is').map(([state, , isFinal]) => [state, isFinal])
  expect(shown).toEqual(Object.entries(states))
})

test('docs/emitting.md shows every reason for which a delivery ends', () => {
  const reasons: Readonly<Record<FinalReason, FinalState>> = {
    attempts: 'exhausted',
    age: 'exhausted',
    'by-host': 'cancelled',
    'subscription-deleted': 'cancelled',
    'retention-bound': 'discarded',
  }
  const shown = readTable(page, '### Why it ended').map(([state, reason]) => [reason, state])
  expect(shown).toEqual(Object.entries(reasons))
})

test('docs/emitting.md shows every reason for which a subscription is skipped', () => {
  const reasons: Readonly<Record<SkippedSubscription['reason'], true>> = {
    inactive: true,
    damaged: true,
    'not-in-dialect': true,
    'filter.branches': true,
    'filter.tags': true,
    'filter.actions': true,
    'filter.paths': true,
    loop: true,
  }
  expect(firstCells('### Who is skipped')).toEqual(Object.keys(reasons))
})

test('docs/emitting.md shows every kind of outcome', () => {
  const kinds: Readonly<Record<AttemptOutcome['kind'], true>> = {
    answered: true,
    unanswered: true,
    blocked: true,
    'own-fault': true,
    stopped: true,
  }
  expect(firstCells('## What became of an attempt')).toEqual(Object.keys(kinds))
})

test('docs/emitting.md shows every field of a receipt', async () => {
  const emitter = await open()
  const receipt = await emitter.emit(toSamplePush('main'))
  expect(firstCells('## The receipt')).toEqual(Object.keys(receipt))
})

/** Calls that are refused, by the code that the page names for them. */
const refusals: Partial<Record<PosthornErrorCode, () => Promise<unknown>>> = {
  'event.invalid': async () => (await open()).emit({ ...toSamplePush('main'), repository: null } as never),
  'event.unknown-key': async () => (await open()).emit({ key: 'repo:fork' } as unknown as WebhookEvent),
  'option.invalid': async () => (await open()).emit(toSamplePush('main'), { depth: -1 }),
  'option.unknown': async () => (await open()).emit(toSamplePush('main'), { deep: 1 } as object),
  'emitter.role': async () => (await open({ role: 'deliver' })).emit(toSamplePush('main')),
  'emitter.stopped': async () => {
    const emitter = await open()
    await emitter.stop()
    return emitter.emit(toSamplePush('main'))
  },
  'store.overloaded': async () => {
    const emitter = await open({ maxWaitingEmits: 1 })
    return Promise.all([emitter.emit(toSamplePush('one')), emitter.emit(toSamplePush('other'))])
  },
  'store.full': async () => {
    const store = createMemoryStore({ maxBodyBytes: 1 })
    const emitter = await open({ store })
    await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
    return emitter.emit(toSamplePush('main'))
  },
  'store.transaction-unsupported': async () => {
    const emitter = await open()
    await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
    return emitter.emit(toSamplePush('main'), { transaction: {} } as object)
  },
}

async function open(options: Partial<EmitterOptions> = {}): Promise<Emitter> {
  const emitter = await createEmitter({ site, addresses, ...options })
  onTestFinished(() => emitter.stop({ timeoutMs: 100 }))
  return emitter
}

test.for(Object.entries(refusals))('an emit throws %s, as docs/emitting.md says', async ([code, emit]) => {
  const error: unknown = await emit().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PosthornError)
  expect(error).toMatchObject({ code })
})

test('docs/emitting.md shows those codes, and every one that a store can have', () => {
  const ofStores = Object.keys(errorCodes).filter((code) => code.startsWith('store.'))
  const expected = new Set([...Object.keys(refusals), ...ofStores])
  expect(new Set(firstCells('## What `emit` throws'))).toEqual(expected)
})

test('a delivery that is answered with 410 ends for its attempts, as docs/emitting.md says', async () => {
  await using receiver = await createReceiver({ answers: () => ({ kind: 'status', status: 410 }) })
  const emitter = await open()
  const url = `${receiver.url}hook`
  const { id } = await emitter.subscriptions.create({ subject, url })
  const { deliveries } = await emitter.emit(toSamplePush('main'))
  await emitter.idle()
  const delivery = await emitter.deliveries.get(deliveries[0]?.id ?? '')
  expect(delivery).toMatchObject({ state: 'exhausted', reason: 'attempts' })
  expect((await emitter.subscriptions.get(id))?.disabled).toMatchObject({ reason: 'gone' })
})

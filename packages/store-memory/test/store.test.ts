import type { Store, StoreHandle } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  appendOne,
  claimOne,
  claimWith,
  newAppend,
  settleOne,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../src/index.ts'

test('the clock of the first handle is the clock of the data', async () => {
  const store = createMemoryStore()
  const one = await store.open({ clock: createManualClock(1_000) })
  const two = await store.open({ clock: createManualClock(9_000) })
  expect((await one.stats()).storeNow).toBe(1_000)
  expect((await two.stats()).storeNow).toBe(1_000)
})

test('the data stays when every handle is closed, and is found by the next one', async () => {
  const store = createMemoryStore()
  const clock = createManualClock()
  const ids = createIds()
  const one = await store.open({ clock })
  const id = await appendOne(one, ids, await addSubscription(one, ids))
  await one.close()
  const two = await store.open({ clock })
  expect((await claimOne(two)).deliveryId).toBe(id)
})

test('two stores know nothing of each other', async () => {
  const ids = createIds()
  const one = await createMemoryStore().open({ clock: createManualClock() })
  const two = await createMemoryStore().open({ clock: createManualClock() })
  await addSubscription(one, ids)
  expect((await two.stats()).subscriptionCount).toBe(0)
})

test('a transaction of the host is refused', async () => {
  // What a host without types could do; `never` forbids it to the others.
  const store: Store<unknown> = createMemoryStore()
  const handle: StoreHandle<unknown> = await store.open({ clock: createManualClock() })
  const refused = { name: 'StoreError', code: 'store.transaction-unsupported' }
  await expect(handle.match([], 'repo:push', {})).rejects.toMatchObject(refused)
  const request = newAppend(createIds(), [])
  await expect(handle.append(request, {})).rejects.toMatchObject(refused)
  expect((await handle.append(request)).kind).toBe('appended')
})

test('everything that is given is frozen, so that no caller can corrupt the store', async () => {
  const ids = createIds()
  const store = await createMemoryStore().open({ clock: createManualClock() })
  const record = await addSubscription(store, ids)
  const id = await appendOne(store, ids, record)
  const scope = `lane:${record.content.lane}` as const
  const health = await store.compareAndSetHealth(scope, 0, {
    parkForMs: null,
    maxLeasedCount: null,
    state: { a: [] },
  })
  const { deliveries } = await claimWith(store)
  await settleOne(store, deliveries[0] ?? { token: '' }, { kind: 'retry', delayMs: 0, isSetAside: false })
  const { receipt } = await store.append(newAppend(ids, []))
  const [attempt] = await store.listAttempts(id)
  const given = [
    record,
    record.content.settings.signing,
    record.content.events,
    health.record,
    health.record?.state,
  ]
  const more = [
    deliveries[0],
    deliveries[0]?.body,
    ...(await store.getDeliveries([id])),
    receipt,
    attempt,
    attempt?.outcome,
  ]
  for (const value of [...given, ...more]) expect(Object.isFrozen(value)).toBe(true)
})

test('a write wakes the other handles and not its own', async () => {
  const ids = createIds()
  const store = createMemoryStore()
  const clock = createManualClock()
  const one = await store.open({ clock })
  const two = await store.open({ clock })
  const woken: string[] = []
  one.onWake(() => woken.push('one'))
  two.onWake(() => woken.push('two'))
  await appendOne(two, ids, await addSubscription(two, ids))
  expect(woken).toEqual(['one'])
})

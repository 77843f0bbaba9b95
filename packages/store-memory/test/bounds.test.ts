import type { StoreHandle } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  delivered,
  newAppend,
  newDelivery,
  settleOne,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createMemoryStore, type MemoryStoreOptions } from '../src/index.ts'

const full = { name: 'StoreError', code: 'store.full' }

test('an append beyond the pending deliveries is refused and writes nothing', async () => {
  const { store, ids } = await openStore({ maxPendingDeliveries: 3 })
  const record = await addSubscription(store, ids)
  await appendOne(store, ids, record)
  await claimOne(store)
  const refused = newAppend(
    ids,
    Array.from({ length: 3 }, () => newDelivery(ids, record.id)),
  )
  await expect(store.append(refused)).rejects.toMatchObject(full)
  expect(await store.getDeliveries(refused.deliveries.map(({ id }) => id))).toEqual([])
  expect(await store.readBodies(refused.bodies)).toEqual([null])
  const fitting = newAppend(ids, refused.deliveries.slice(0, 2), refused.event.id)
  expect((await store.append(fitting)).kind).toBe('appended')
})

test('a full store takes more as soon as something has finished', async () => {
  const { store, ids } = await openStore({ maxPendingDeliveries: 1 })
  const record = await addSubscription(store, ids)
  await appendOne(store, ids, record)
  await expect(appendOne(store, ids, record)).rejects.toMatchObject(full)
  await settleOne(store, await claimOne(store), delivered)
  await expect(appendOne(store, ids, record)).resolves.toBeDefined()
})

test('a full store still knows the events it has', async () => {
  const { store, ids } = await openStore({ maxPendingDeliveries: 1 })
  const request = newAppend(ids, [newDelivery(ids, (await addSubscription(store, ids)).id)])
  await store.append(request)
  expect((await store.append(request)).kind).toBe('repeated')
})

test('copies beyond the pending deliveries are refused, all of them', async () => {
  const { store, ids } = await openStore({ maxPendingDeliveries: 2 })
  const record = await addSubscription(store, ids)
  const sourceId = await appendOne(store, ids, record)
  await settleOne(store, await claimOne(store), delivered)
  const copies = ids.many(3).map((id) => ({ sourceId, id }))
  await expect(store.copyDeliveries(copies)).rejects.toMatchObject(full)
  expect(await claimIds(store)).toEqual([])
})

test('history makes room for new bodies, unfinished deliveries do not', async () => {
  const { store, ids } = await openStore({ maxBodyBytes: 1_000 })
  const record = await addSubscription(store, ids)
  const first = await appendBytes(store, ids, record.id, 600)
  await settleOne(store, await claimOne(store), delivered)
  const second = await appendBytes(store, ids, record.id, 600)
  expect(await store.getDeliveries([first])).toEqual([])
  expect(await store.getDeliveries([second])).toHaveLength(1)
  await expect(appendBytes(store, ids, record.id, 600)).rejects.toMatchObject(full)
  expect((await store.stats()).bodyBytes).toBe(600)
})

test('a body used by several deliveries counts once, until the last of them has finished', async () => {
  const { store, ids } = await openStore({ maxBodyBytes: 1_000 })
  const records = [await addSubscription(store, ids), await addSubscription(store, ids)]
  const request = newAppend(
    ids,
    records.map(({ id }) => newDelivery(ids, id)),
  )
  const bodies = request.bodies.map((body) => ({ ...body, bytes: new Uint8Array(900) }))
  await store.append({ ...request, bodies })
  const [first, second] = [await claimOne(store), await claimOne(store)]
  await settleOne(store, first, delivered)
  const next = () => appendBytes(store, ids, records[0]?.id ?? '', 500)
  await expect(next()).rejects.toMatchObject(full)
  await settleOne(store, second, delivered)
  await expect(next()).resolves.toBeDefined()
})

test('history is bounded, and what finished first is forgotten first', async () => {
  const { store, ids } = await openStore({ maxFinishedDeliveries: 2 })
  const record = await addSubscription(store, ids)
  const done: string[] = []
  for (let count = 0; count < 5; count += 1) {
    done.push(await appendOne(store, ids, record))
    await settleOne(store, await claimOne(store), delivered)
  }
  expect((await store.getDeliveries(done)).map(({ id }) => id)).toEqual(done.slice(3))
})

test('events are bounded, and the oldest without deliveries is forgotten first', async () => {
  const { store, ids } = await openStore({ maxEvents: 2 })
  const needed = newAppend(ids, [newDelivery(ids, (await addSubscription(store, ids)).id)])
  await store.append(needed)
  const empty = [newAppend(ids, []), newAppend(ids, [])]
  for (const request of empty) await store.append(request)
  const kinds = []
  for (const request of [needed, ...empty.reverse()]) kinds.push((await store.append(request)).kind)
  expect(kinds).toEqual(['repeated', 'repeated', 'appended'])
})

async function openStore(options: MemoryStoreOptions) {
  const store = await createMemoryStore(options).open({ clock: createManualClock() })
  return { store, ids: createIds() }
}

async function appendBytes(
  store: StoreHandle,
  ids: ReturnType<typeof createIds>,
  subscriptionId: string,
  byteCount: number,
): Promise<string> {
  const delivery = newDelivery(ids, subscriptionId)
  const request = newAppend(ids, [delivery])
  const bodies = request.bodies.map((body) => ({ ...body, bytes: new Uint8Array(byteCount) }))
  await store.append({ ...request, bodies })
  return delivery.id
}

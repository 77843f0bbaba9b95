import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { StoreHandle } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createIds, type Ids } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  claimWith,
  delivered,
  newAppend,
  newDelivery,
  sampleAttempt,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { withFolder } from './folder.ts'

const bodyBytes = 20_000

/** Of a pass, all of which end far below it. */
const maxSteps = 1_000

/** Delivers so many events and removes them again, as retention does. */
async function passThrough(
  store: StoreHandle,
  ids: Ids,
  subscriptionId: string,
  count: number,
): Promise<void> {
  const requests = Array.from({ length: count }, () => newAppend(ids, [newDelivery(ids, subscriptionId)]))
  await Promise.all(
    requests.map((request) => {
      const bodies = request.bodies.map((body) => ({ ...body, bytes: new Uint8Array(bodyBytes) }))
      return store.append({ ...request, bodies })
    }),
  )
  const { deliveries } = await claimWith(store)
  await store.settle(
    deliveries.map(({ token }) => ({ token, attempt: sampleAttempt, isCounted: true, next: delivered })),
  )
}

async function pruneAll(store: StoreHandle): Promise<number> {
  let steps = 0
  let cursor: string | null = null
  do {
    cursor = await store.prune({ historyMs: 0, eventIdMs: 0, maxCount: 200, cursor })
    steps += 1
  } while (cursor !== null && steps < maxSteps)
  expect(cursor).toBeNull()
  return steps
}

/** The size of the file when its log is written back. */
async function closedSize(location: string, store: StoreHandle): Promise<number> {
  await store.close()
  return statSync(location).size
}

test(
  'space is used again, so that a steady flow does not let the file grow',
  withFolder(async ({ location }) => {
    const open = () =>
      createSqliteStore({ location, synchronous: 'normal' }).open({ clock: createManualClock() })
    const ids = createIds()
    const sizes: number[] = []
    const first = await open()
    const { id } = await addSubscription(first, ids)
    await first.close()
    for (let round = 0; round < 4; round += 1) {
      const store = await open()
      await passThrough(store, ids, id, 150)
      await pruneAll(store)
      sizes.push(await closedSize(location, store))
    }
    expect(Math.max(...sizes)).toBeLessThan(1.1 * (sizes[0] ?? 0))
  }),
)

test(
  'space of a burst is given back in small steps, down to what is kept for the next one',
  withFolder(async ({ location }) => {
    const store = await createSqliteStore({ location, synchronous: 'normal' }).open({
      clock: createManualClock(),
    })
    const ids = createIds()
    const { id } = await addSubscription(store, ids)
    await passThrough(store, ids, id, 1_000)
    expect((await store.stats()).bodyBytes).toBe(1_000 * bodyBytes)
    expect(await pruneAll(store)).toBeGreaterThan(10)
    expect(await closedSize(location, store)).toBeLessThan(8 * 1024 * 1024)
  }),
)

test(
  'housekeeping comes to its end on a file that cannot give space back',
  withFolder(async ({ location }) => {
    const open = () =>
      createSqliteStore({ location, synchronous: 'normal' }).open({ clock: createManualClock() })
    await (await open()).close()
    const connection = new DatabaseSync(location)
    connection.exec('pragma auto_vacuum = none; vacuum')
    expect(connection.prepare('pragma auto_vacuum').get()).toEqual({ auto_vacuum: 0 })
    connection.close()
    const store = await open()
    const ids = createIds()
    const { id } = await addSubscription(store, ids)
    await passThrough(store, ids, id, 500)
    await pruneAll(store)
    expect((await store.stats()).bodyBytes).toBe(0)
    await store.close()
  }),
)

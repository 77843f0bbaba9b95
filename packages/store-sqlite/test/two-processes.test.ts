import { chmodSync, chownSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimRequest,
  delivered,
  settleOne,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { startChild } from './children/child.ts'
import { withFolder } from './folder.ts'

const rounds = 20

test(
  'of two processes that create and move subscriptions at a time none gets past a limit',
  { timeout: 60_000 },
  withFolder(async ({ location }) => {
    const ids = createIds()
    const store = await createSqliteStore({ location }).open({ clock: systemClock })
    const children = [startChild('race', [location]), startChild('race', [location])]
    for (const child of children) expect(await child.line()).toBe('ready')
    for (let round = 0; round < rounds; round += 1) {
      const subject = { type: 'repository', id: ids.next() } as const
      for (const child of children) child.send(subject.id)
      for (const child of children) expect(await child.line()).toBe('done')
      const groups = (await store.listSubscriptions(subject)).map(({ content }) => content.limitGroup)
      expect(groups.filter((group) => group === 'webhook')).toHaveLength(50)
      expect(groups.filter((group) => group === 'post-receive')).toHaveLength(5)
    }
    for (const child of children) child.kill('SIGKILL')
    await store.close()
  }),
)

test.for(['SIGCONT', 'SIGKILL'] as const)(
  'a process that is stopped inside a transaction makes others wait no longer than they said; after %s they go on',
  async (signal) =>
    withFolder(async ({ location }) => {
      const ids = createIds()
      const store = await createSqliteStore({ location, busyTimeoutMs: 200 }).open({ clock: systemClock })
      const record = await addSubscription(store, ids)
      const before = await appendOne(store, ids, record)
      const child = startChild('hold', [location])
      expect(await child.line()).toBe('holding')
      child.kill('SIGSTOP')
      const busy = { name: 'StoreError', code: 'store.busy', isTransient: true }
      await expect(appendOne(store, ids, record)).rejects.toMatchObject(busy)
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => appendOne(store, ids, record)))
      for (const result of results) expect(result).toMatchObject({ reason: busy })
      // Who only reads waits for nobody.
      expect(await store.getDeliveries([before])).toHaveLength(1)
      child.kill(signal)
      if (signal === 'SIGCONT') child.kill('SIGTERM')
      await child.ended
      const after = await appendOne(store, ids, record)
      expect(await claimIds(store)).toEqual([before, after])
      await store.close()
    })(),
)

test(
  'what only reads is answered while a write of the same handle waits for another process',
  withFolder(async ({ location }) => {
    const ids = createIds()
    const store = await createSqliteStore({ location, busyTimeoutMs: 60_000 }).open({ clock: systemClock })
    const record = await addSubscription(store, ids)
    const child = startChild('hold', [location])
    expect(await child.line()).toBe('holding')
    let isWritten = false
    const writing = appendOne(store, ids, record).then((id) => {
      isWritten = true
      return id
    })
    // In a message of its own, behind that of the write.
    await new Promise(setImmediate)
    const reading = store.getSubscriptions([record.id])
    const later = addSubscription(store, ids)
    expect(await reading).toMatchObject([{ id: record.id }])
    expect(isWritten).toBe(false)
    child.kill('SIGKILL')
    const id = await writing
    expect(await store.getSubscriptions([(await later).id])).toHaveLength(1)
    expect(await claimIds(store)).toEqual([id])
    await store.close()
  }),
)

test(
  'a lease begins when the file is free, however long the claim had waited for another process',
  withFolder(async ({ location }) => {
    const ids = createIds()
    const clock = createManualClock()
    const store = await createSqliteStore({ location, busyTimeoutMs: 60_000 }).open({ clock })
    const id = await appendOne(store, ids, await addSubscription(store, ids))
    const child = startChild('hold', [location])
    expect(await child.line()).toBe('holding')
    const claiming = store.claim(claimRequest({ leaseMs: 1_000 }))
    const askedAt = performance.now()
    const heldMs = 1_500
    while (performance.now() - askedAt < heldMs) await store.getDeliveries([id])
    child.kill('SIGKILL')
    const answer = await claiming
    expect(answer.storeNow).toBeGreaterThanOrEqual(clock.now() + heldMs)
    const [claimed] = answer.deliveries
    expect(claimed?.deliveryId).toBe(id)
    // The time of day has gone on too, by more than the lease since the claim was asked for.
    clock.advance(1_100)
    expect(await settleOne(store, claimed ?? { token: '' }, delivered)).toBe('settled')
    await store.close()
  }),
)

test(
  'a process that only writes lives until its call is answered, and ends without `close`',
  withFolder(async ({ location }) => {
    const child = startChild('emit-only', [location])
    expect(await child.line()).toBe('written')
    expect(await child.ended).toBe(0)
    const store = await createSqliteStore({ location }).open({ clock: systemClock })
    expect((await store.stats()).pendingCount).toBe(1)
    await store.close()
  }),
)

/** The super-user may write what is read-only, so then another user tries, who must be able to reach Node and these files. */
const isSuperUser = process.getuid?.() === 0
const nobody = isSuperUser ? 65_534 : undefined

test.runIf(!isSuperUser || [process.execPath, import.meta.dirname].every(isOpenToOthers))(
  'files that may not be written are told apart from a full disk',
  withFolder(async ({ location, path }) => {
    const store = await createSqliteStore({ location }).open({ clock: systemClock })
    await store.close()
    if (nobody !== undefined) for (const owned of [path, location]) chownSync(owned, nobody, nobody)
    chmodSync(location, 0o444)
    const child = startChild('write-refused', [location], nobody)
    expect(await child.line()).toBe('store.read-only')
    await child.ended
  }),
)

/** Whether every folder above a path may be entered by everybody. */
function isOpenToOthers(path: string): boolean {
  const folder = dirname(path)
  return folder === path || ((statSync(folder).mode & 0o001) !== 0 && isOpenToOthers(folder))
}

import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { type StoreHandle, systemClock } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  appendOne,
  appendTo,
  claimIds,
  newSubscription,
  webhookLimit,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { withFolder } from './folder.ts'

const open = (location: string): Promise<StoreHandle> =>
  createSqliteStore({ location }).open({ clock: systemClock })

test(
  'a directory that does not exist is an error of `open`, which can be made again',
  withFolder(async ({ path }) => {
    const location = join(path, 'later', 'posthorn.db')
    const store = createSqliteStore({ location })
    await expect(store.open({ clock: systemClock })).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringContaining('directory'),
    })
    mkdirSync(join(path, 'later'))
    const handle = await store.open({ clock: systemClock })
    await handle.close()
  }),
)

test(
  'a file that is no database is refused and left as it is',
  withFolder(async ({ location }) => {
    writeFileSync(
      location,
      'These are the notes of somebody else, and they are longer than a header. '.repeat(20),
    )
    const { size } = statSync(location)
    await expect(open(location)).rejects.toMatchObject({ code: 'store.corrupt' })
    expect(statSync(location).size).toBe(size)
  }),
)

test(
  'the database of another application is refused, byte for byte as it was',
  withFolder(async ({ location, path }) => {
    const theirs = new DatabaseSync(location)
    theirs.exec('create table theirs (id integer)')
    theirs.close()
    const before = readFileSync(location)
    await expect(open(location)).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringContaining('another application'),
    })
    expect(readFileSync(location).equals(before)).toBe(true)
    expect(readdirSync(path)).toEqual(['posthorn.db'])
  }),
)

test(
  'a file that was removed acknowledges nothing and is not made again; put back, it is used again',
  withFolder(async ({ location, path }) => {
    const ids = createIds()
    const store = await open(location)
    const record = await addSubscription(store, ids)
    const moved = join(path, 'moved.db')
    for (const suffix of ['', '-wal', '-shm']) renameSync(location + suffix, moved + suffix)
    await expect(appendOne(store, ids, record)).rejects.toMatchObject({ code: 'store.failed' })
    await expect(appendOne(store, ids, record)).rejects.toMatchObject({
      message: expect.stringContaining('removed'),
    })
    await expect(store.stats()).rejects.toMatchObject({ code: 'store.failed' })
    expect(existsSync(location)).toBe(false)
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(moved + suffix)) renameSync(moved + suffix, location + suffix)
    const id = await appendOne(store, ids, record)
    expect(await claimIds(store)).toEqual([id])
    await store.close()
  }),
)

test(
  'a file that was replaced acknowledges nothing that would be lost with the old one',
  withFolder(async ({ location }) => {
    const ids = createIds()
    const store = await open(location)
    const record = await addSubscription(store, ids)
    for (const suffix of ['', '-wal', '-shm']) rmSync(location + suffix)
    const other = await open(location)
    await expect(appendOne(store, ids, record)).rejects.toMatchObject({ code: 'store.failed' })
    // From now on both work on the file that is there.
    const added = await addSubscription(store, ids)
    expect(await other.getSubscriptions([record.id, added.id])).toHaveLength(1)
    await Promise.all([store.close(), other.close()])
  }),
)

test(
  'a file that is damaged while it is in use rejects what meets the damage, and the host goes on',
  withFolder(async ({ location }) => {
    const ids = createIds()
    const first = await open(location)
    const record = await addSubscription(first, ids)
    for (let count = 0; count < 50; count += 1) await appendTo(first, ids, [record])
    await first.close()
    const store = await open(location)
    const { size } = statSync(location)
    const file = openSync(location, 'r+')
    writeSync(file, Buffer.alloc(size - 4_096, 0xa5), 0, size - 4_096, 4_096)
    await expect(appendOne(store, ids, record)).rejects.toMatchObject({
      code: 'store.corrupt',
      isTransient: false,
    })
    await store.close()
  }),
)

test(
  'a worker that dies rejects what was asked of it, and the next call starts another one',
  withFolder(async ({ location }) => {
    const ids = createIds()
    const workers: Worker[] = []
    const remember = (worker: Worker) => workers.push(worker)
    process.on('worker', remember)
    const store = await open(location)
    const record = await addSubscription(store, ids)
    const asked = Array.from({ length: 20 }, () => appendOne(store, ids, record))
    await Promise.resolve()
    void workers.at(-1)?.terminate()
    const results = await Promise.allSettled(asked)
    const acknowledged = results.filter(({ status }) => status === 'fulfilled').length
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'store.failed', isTransient: true })
    }
    expect((await store.stats()).pendingCount).toBeGreaterThanOrEqual(acknowledged)
    expect(await appendOne(store, ids, record)).toEqual(expect.any(String))
    expect(workers).toHaveLength(2)
    process.off('worker', remember)
    await store.close()
  }),
)

test(
  'what cannot be sent to the worker rejects its own call only',
  withFolder(async ({ location }) => {
    const ids = createIds()
    const store = await open(location)
    const record = await addSubscription(store, ids)
    const unsendable = { parkForMs: null, maxLeasedCount: null, state: { on: () => undefined } }
    const results = await Promise.allSettled([
      store.createSubscription(newSubscription(ids), webhookLimit),
      store.compareAndSetHealth(`subscription:${record.id}`, 0, unsendable),
      appendOne(store, ids, record),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: { code: 'store.failed' } })
    await store.close()
  }),
)

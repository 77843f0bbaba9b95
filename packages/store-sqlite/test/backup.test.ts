import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { addSubscription, appendOne } from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { startChild } from './children/child.ts'
import { withFolder } from './folder.ts'

test(
  'a backup that is taken while others write holds all that was acknowledged before, and replaces the last one',
  withFolder(async ({ location, path }) => {
    const ids = createIds()
    const store = createSqliteStore({ location })
    const handle = await store.open({ clock: systemClock })
    const record = await addSubscription(handle, ids)
    const before = await Promise.all(Array.from({ length: 50 }, () => appendOne(handle, ids, record)))
    const copy = join(path, 'copy.db')
    writeFileSync(copy, 'the last one')
    const backup = store.backup(copy)
    await Promise.all(Array.from({ length: 50 }, () => appendOne(handle, ids, record)))
    await backup
    const restored = await createSqliteStore({ location: copy }).open({ clock: systemClock })
    expect(await restored.getDeliveries(before)).toHaveLength(50)
    await Promise.all([restored.close(), handle.close()])
  }),
)

test(
  'a backup that fails leaves what was there, and nothing beside it',
  withFolder(async ({ location, path }) => {
    const store = createSqliteStore({ location })
    const copy = join(path, 'copy.db')
    writeFileSync(copy, 'the last one')
    // There is no database yet.
    await expect(store.backup(copy)).rejects.toMatchObject({ name: 'StoreError', code: 'store.failed' })
    await expect(store.backup(join(path, 'nowhere', 'copy.db'))).rejects.toMatchObject({
      code: 'store.failed',
    })
    expect(readFileSync(copy, 'utf8')).toBe('the last one')
    expect(readdirSync(path)).toEqual(['copy.db'])
  }),
)

test(
  'the database itself is no place for its backup',
  withFolder(async ({ location }) => {
    const store = createSqliteStore({ location })
    const handle = await store.open({ clock: systemClock })
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      await expect(store.backup(location + suffix)).rejects.toMatchObject({
        code: 'option.invalid',
        field: 'path',
      })
    await handle.close()
  }),
)

test(
  'of several backups to one place at a time each is whole, and leaves nothing beside it',
  withFolder(async ({ location, path }) => {
    const ids = createIds()
    const store = createSqliteStore({ location })
    const handle = await store.open({ clock: systemClock })
    const record = await addSubscription(handle, ids)
    const written = await Promise.all(Array.from({ length: 200 }, () => appendOne(handle, ids, record)))
    await handle.close()
    const copy = join(path, 'copy.db')
    await Promise.all(
      [0, 1, 2].map(async () => {
        await store.backup(copy)
        const restored = new DatabaseSync(copy, { readOnly: true })
        expect(restored.prepare('select count(*) as count from deliveries').get()).toEqual({
          count: written.length,
        })
        expect(restored.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
        restored.close()
      }),
    )
    expect(readdirSync(path).filter((name) => name.includes('partial'))).toEqual([])
  }),
)

test.for([undefined, null, '', 'a\0b', 5])('%j is no path for a backup', async (path) =>
  withFolder(async ({ location }) => {
    const refused = { name: 'InvalidInputError', code: 'option.invalid', field: 'path' }
    // What a host without types could do; `never` forbids it to the others.
    await expect(createSqliteStore({ location }).backup(path as never)).rejects.toMatchObject(refused)
  })(),
)

test(
  'a backup whose thread dies is rejected like any other failure of the store',
  withFolder(async ({ location, path }) => {
    const store = createSqliteStore({ location })
    await (await store.open({ clock: systemClock })).close()
    process.once('worker', (worker) => void worker.terminate())
    const failed = { name: 'StoreError', code: 'store.failed' }
    await expect(store.backup(join(path, 'copy.db'))).rejects.toMatchObject(failed)
    expect(existsSync(join(path, 'copy.db'))).toBe(false)
  }),
)

test(
  'a backup waits for a process that has the file for itself',
  withFolder(async ({ location, path }) => {
    const store = createSqliteStore({ location, busyTimeoutMs: 60_000 })
    await (await store.open({ clock: systemClock })).close()
    const child = startChild('hold-alone', [location])
    expect(await child.line()).toBe('holding')
    let isOver = false
    const backup = store.backup(join(path, 'copy.db')).finally(() => {
      isOver = true
    })
    const hasBegun = () => readdirSync(path).some((name) => name.endsWith('.partial'))
    while (!hasBegun() && !isOver) await new Promise(setImmediate)
    child.kill('SIGKILL')
    await backup
    expect(existsSync(join(path, 'copy.db'))).toBe(true)
  }),
)

test.for(['600', '640', '666'])('a backup of a file with the mode %s has that mode', async (digits) =>
  withFolder(async ({ location, path }) => {
    const store = createSqliteStore({ location })
    const handle = await store.open({ clock: systemClock })
    const mode = Number.parseInt(digits, 8)
    chmodSync(location, mode)
    const copy = join(path, 'copy.db')
    writeFileSync(copy, 'the last one', { mode: 0o604 })
    await store.backup(copy)
    expect(statSync(copy).mode & 0o777).toBe(mode)
    await handle.close()
  })(),
)

test(
  'a database whose name ends in `.partial` is not touched by a backup to the name before it',
  withFolder(async ({ path }) => {
    const ids = createIds()
    const location = join(path, 'copy.db.partial')
    const store = createSqliteStore({ location })
    const handle = await store.open({ clock: systemClock })
    const record = await addSubscription(handle, ids)
    await store.backup(join(path, 'copy.db'))
    expect(existsSync(location)).toBe(true)
    expect(await appendOne(handle, ids, record)).toEqual(expect.any(String))
    await handle.close()
  }),
)

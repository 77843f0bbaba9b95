import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { addSubscription, appendOne } from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
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
    await expect(store.backup(location)).rejects.toMatchObject({ code: 'option.invalid', field: 'path' })
    expect(existsSync(`${location}.partial`)).toBe(false)
    await handle.close()
  }),
)

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  appendOne,
  claimOne,
  newAppend,
  newDelivery,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../src/index.ts'
import { type Folder, withFolder } from './folder.ts'

const open = ({ location }: Folder) => createSqliteStore({ location }).open({ clock: systemClock })

test(
  'what was written is found by the next process that opens the file',
  withFolder(async (folder) => {
    const ids = createIds()
    const first = await open(folder)
    const id = await appendOne(first, ids, await addSubscription(first, ids))
    await first.close()
    const second = await open(folder)
    expect((await claimOne(second)).deliveryId).toBe(id)
    await second.close()
  }),
)

test(
  'stores that were made apart for one file wake each other, and no handle wakes itself',
  withFolder(async (folder) => {
    const ids = createIds()
    const [one, two] = [await open(folder), await open(folder)]
    const record = await addSubscription(one, ids)
    const woken: string[] = []
    one.onWake(() => woken.push('one'))
    two.onWake(() => woken.push('two'))
    await appendOne(two, ids, record)
    expect(woken).toEqual(['one'])
    await Promise.all([one.close(), two.close()])
  }),
)

test(
  'handles on one file wake each other by whatever links they have come to it',
  withFolder(async (folder) => {
    const ids = createIds()
    const one = await open(folder)
    const linkedFile = join(folder.path, 'link.db')
    symlinkSync(folder.location, linkedFile)
    const linkedFolder = join(folder.path, 'link')
    symlinkSync(folder.path, linkedFolder)
    const others = [
      await open({ ...folder, location: linkedFile }),
      await open({ ...folder, location: join(linkedFolder, 'posthorn.db') }),
    ]
    const record = await addSubscription(one, ids)
    const woken: number[] = []
    for (const [place, other] of others.entries()) other.onWake(() => woken.push(place))
    await appendOne(one, ids, record)
    expect(woken).toEqual([0, 1])
    await Promise.all([one, ...others].map((handle) => handle.close()))
  }),
)

test(
  'bytes that the caller changes after the call are stored as they were, and stay the caller’s',
  withFolder(async (folder) => {
    const ids = createIds()
    const store = await open(folder)
    const record = await addSubscription(store, ids)
    const request = newAppend(ids, [newDelivery(ids, record.id)])
    const bytes = Buffer.from('as it was')
    const bodies = request.bodies.map((body) => ({ ...body, bytes }))
    const written = store.append({ ...request, bodies })
    bytes.fill('x')
    await written
    const [read] = await store.readBodies(bodies)
    expect(Buffer.from(read ?? []).toString()).toBe('as it was')
    expect(bytes.toString()).toBe('xxxxxxxxx')
    await store.close()
  }),
)

test(
  'a transaction of the host is refused',
  withFolder(async (folder) => {
    const store = await open(folder)
    // What a host without types could do; `never` forbids it to the others.
    const transaction = {} as never
    const refused = { name: 'StoreError', code: 'store.transaction-unsupported' }
    await expect(store.match([], 'repo:push', transaction)).rejects.toMatchObject(refused)
    await expect(store.append(newAppend(createIds(), []), transaction)).rejects.toMatchObject(refused)
    await store.close()
  }),
)

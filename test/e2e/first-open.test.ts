import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Store, StoreError, type StoreHandle, systemClock } from '@posthorn/core'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { addSubscription } from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { type StopPoint, type StoreProcess, startProcess } from './processes/store-process.ts'
import { useWorkplace } from './processes/workplace.ts'

const oldFile = join(import.meta.dirname, '../../packages/store-sqlite/test/fixtures/schema-1.db')
const kinds = ['a new file', 'a file of the first release'] as const

const place = useWorkplace()

const startOpener = (stopAt?: StopPoint): StoreProcess =>
  startProcess({
    file: import.meta.resolve('./processes/opener-child.ts'),
    ...(stopAt === undefined ? {} : { stopAt }),
  })

/** A file of its own for each round. */
function placeOf(kind: (typeof kinds)[number], round: number): string {
  const location = join(place.folder, `round-${round}.db`)
  if (kind !== 'a new file') copyFileSync(oldFile, location)
  return location
}

async function open(location: string, busyTimeoutMs = 5_000): Promise<StoreHandle> {
  const store: Store = createSqliteStore({ location, busyTimeoutMs })
  return store.open({ clock: systemClock })
}

const processCount = 4
const rounds = 5

test.for(kinds)(
  'of many processes that open %s at the same time, each can',
  { timeout: 120_000 },
  async (kind) => {
    const processes = Array.from({ length: processCount }, () => startOpener())
    for (const process of processes) await process.heard('ready', 1)
    for (let round = 1; round <= rounds; round += 1) {
      const location = placeOf(kind, round)
      for (const process of processes) process.send(location)
      const opened = await Promise.all(processes.map((process) => process.heard('opened', round)))
      const store = await open(location)
      expect(await store.getSubscriptions(opened.map((ids) => ids.at(-1) ?? ''))).toHaveLength(processCount)
      await store.close()
    }
  },
)

test.for(kinds)(
  'while a process opens %s and is stopped behind any statement of it, another one opens it too or is told that it is busy',
  { timeout: 120_000 },
  async (kind) => {
    const process = startOpener('after ')
    const met = new Set<string>()
    for (let round = 1; ; round += 1) {
      const location = placeOf(kind, round)
      process.send(`arm ${round}`)
      process.send(location)
      const isStopped = await Promise.race([
        process.heard('stopped', round).then(() => true),
        process.heard('opened', round).then(() => false),
      ])
      if (!isStopped) break
      const other = await tryToOpen(location)
      met.add(typeof other === 'string' ? other : 'opened')
      await process.resume()
      const opened = await process.heard('opened', round)
      const store = typeof other === 'string' ? await open(location) : other
      expect(await store.getSubscriptions([opened.at(-1) ?? ''])).toHaveLength(1)
      await store.close()
    }
    expect([...met].toSorted()).toEqual(['opened', 'store.busy'])
  },
)

/** Each is a place inside the one transaction that makes the schema. */
const deaths: readonly StopPoint[] = [
  'after begin immediate',
  'after create table migrations',
  'after create table deliveries',
  'after insert into migrations',
]

test.for(deaths)(
  'a process that dies %s of its first open holds nobody up',
  { timeout: 60_000 },
  async (point) => {
    const process = startOpener(point)
    process.send('arm 1')
    process.send(place.location)
    await process.heard('stopped', 1)
    expect(await tryToOpen(place.location)).toBe('store.busy')
    process.kill()
    await process.ended
    const store = await open(place.location)
    await addSubscription(store, createIds())
    await store.close()
  },
)

/** Opens the file and writes into it; gives the code of the error if that cannot be. */
async function tryToOpen(location: string): Promise<StoreHandle | string> {
  let store: StoreHandle | undefined
  try {
    store = await open(location, 50)
    await addSubscription(store, createIds())
    return store
  } catch (error) {
    await store?.close()
    if (error instanceof StoreError) return error.code
    throw error
  }
}

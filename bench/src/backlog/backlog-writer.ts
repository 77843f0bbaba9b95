import { randomUUID } from 'node:crypto'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter, type StoreHandle } from 'posthorn'
import { toEmitterOptions } from '../contenders/emitter-options.ts'
import { repository, secret } from '../fixtures/push.ts'
import { buildSmallBody } from '../fixtures/small-dialect.ts'

/** Fills a file with one subscription and deliveries to it. */
export interface BacklogWriter extends AsyncDisposable {
  /** @param count a multiple of 10 */
  append(count: number): Promise<void>
}

/** Deliveries that share an event and its body, so that a million take one gigabyte rather than five. */
const perEvent = 10

/** Events that are written in one transaction. */
const batchSize = 100

export async function createBacklogWriter(location: string, url: string): Promise<BacklogWriter> {
  // It need not outlive a loss of power; whoever closes the file last brings all of it to its place.
  const store = createSqliteStore({ location, synchronous: 'normal' })
  const emitter = await createEmitter(toEmitterOptions(store, 'emit'))
  const subject = { type: 'repository', id: repository.uuid } as const
  const { id } = await emitter.subscriptions.create({ subject, url, secret })
  await emitter.stop()
  const handle = await store.open({ clock: { now: () => Date.now() } })
  return {
    async append(count) {
      for (let left = count / perEvent; left > 0; left -= batchSize) {
        const eventCount = Math.min(batchSize, left)
        await Promise.all(Array.from({ length: eventCount }, () => appendEvent(handle, id)))
      }
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

async function appendEvent(handle: StoreHandle<never>, subscriptionId: string): Promise<void> {
  const eventId = randomUUID()
  const body = { dialect: 'bitbucket-cloud', variant: 'default', part: 1 }
  await handle.append({
    event: { id: eventId, key: 'repo:push', subjectIds: [repository.uuid], depth: 0 },
    bodies: [{ eventId, ...body, bytes: buildSmallBody() }],
    deliveries: Array.from({ length: perEvent }, () => ({
      id: randomUUID(),
      subscriptionId,
      ...body,
      partCount: 1,
      orderKey: null,
      isPing: false,
      delayMs: 0,
    })),
    skipped: [],
  })
}

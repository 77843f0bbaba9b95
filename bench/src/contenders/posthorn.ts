import { createEmitter, type Emitter, type Store } from 'posthorn'
import { createPush, repository, secret } from '../fixtures/push.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import type { Contender } from '../scenario.ts'
import { toEmitterOptions } from './emitter-options.ts'

/** A store with nothing in it, for one run. */
export interface FreshStore extends AsyncDisposable {
  readonly store: Store<unknown>
}

export interface PosthornOptions {
  readonly receiver: BenchReceiver
  readonly deliveryCount: number
  /** Subscriptions that every event goes to, each with a path of its own at the one receiver. */
  readonly subscriptionCount: number
  /** @param deliveryCount what must fit in the store at a time */
  readonly openStore: (deliveryCount: number) => FreshStore
}

/** Emits that wait for the store at a time. */
const emitBatchSize = 100

/** Deliveries that wait at most while events are emitted and delivered at the same time. */
const maxBacklog = 1_000

/** An emitter that finds all its deliveries due when it starts. */
export function createPosthorn({ receiver, openStore, ...counts }: PosthornOptions): Contender {
  return {
    name: 'posthorn',
    async run() {
      await using fresh = openStore(counts.deliveryCount)
      const emitting = await createEmitter(toEmitterOptions(fresh.store, 'emit'))
      await subscribe(emitting, receiver, counts.subscriptionCount)
      await emitBatch(emitting, counts.deliveryCount / counts.subscriptionCount)
      await emitting.stop()

      await receiver.reset()
      const delivering = await createEmitter(toEmitterOptions(fresh.store, 'deliver'))
      await delivering.idle()
      await delivering.stop()
      return receiver.takeRate(counts.deliveryCount)
    },
  }
}

/** An emitter that delivers while its events are emitted, in the same process, with a bounded backlog. */
export function createPosthornWhileEmitting({ receiver, openStore, ...counts }: PosthornOptions): Contender {
  return {
    name: 'posthorn, emits meanwhile',
    async run() {
      await using fresh = openStore(counts.deliveryCount)
      const emitter = await createEmitter(toEmitterOptions(fresh.store, 'both'))
      await subscribe(emitter, receiver, counts.subscriptionCount)
      await receiver.reset()
      let backlog = 0
      emitter.on('delivered', () => {
        backlog -= 1
      })
      for (let left = counts.deliveryCount; left > 0; left -= emitBatchSize * counts.subscriptionCount) {
        const eventCount = Math.min(emitBatchSize, left / counts.subscriptionCount)
        backlog += eventCount * counts.subscriptionCount
        await emitBatch(emitter, eventCount)
        while (backlog > maxBacklog) await new Promise(setImmediate)
      }
      await emitter.idle()
      await emitter.stop()
      return receiver.takeRate(counts.deliveryCount)
    },
  }
}

async function subscribe(emitter: Emitter<unknown>, { url }: BenchReceiver, count: number): Promise<void> {
  const subject = { type: 'repository', id: repository.uuid } as const
  for (let number = 1; number <= count; number += 1) {
    await emitter.subscriptions.create({ subject, url: `${url}${number}`, secret })
  }
}

async function emitBatch(emitter: Emitter<unknown>, eventCount: number): Promise<void> {
  const event = createPush(0, 0)
  for (let left = eventCount; left > 0; left -= emitBatchSize) {
    await Promise.all(Array.from({ length: Math.min(emitBatchSize, left) }, () => emitter.emit(event)))
  }
}

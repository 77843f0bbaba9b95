import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter, type Emitter } from 'posthorn'
import { toEmitterOptions } from '../contenders/emitter-options.ts'
import { copySubscriptions } from '../fixtures/many-subscriptions.ts'
import { createPush, repository, secret } from '../fixtures/push.ts'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { percentile } from '../measure/percentile.ts'
import { shareOfRound } from '../measure/share-of-round.ts'
import { timed } from '../measure/timed.ts'
import type { Contender, Scenario } from '../scenario.ts'

/** As many as a repository may have. */
const perRepository = 50

export const manySubscriptions: Scenario = {
  name: 'many-subscriptions',
  title: 'Emitting a push to 50 subscriptions, among few and among many',
  async prepare({ largeCount, repeatCount }) {
    const folder = createTemporaryFolder()
    const few = await openEmitter(join(folder.path, 'few.db'), perRepository)
    const many = await openEmitter(join(folder.path, 'many.db'), largeCount)
    const count = Math.max(50, repeatCount / 50)
    const takeTimes = shareOfRound(() => timeInTurn(few, many, count))
    const amongFew = createContender(perRepository, async (name) => (await takeTimes(name)).few)
    const amongMany = createContender(largeCount, async (name) => (await takeTimes(name)).many)
    return {
      unit: 'ms',
      contenders: [amongFew, amongMany],
      targets: [{ contender: amongMany.name, against: amongFew.name, ratio: 1.1 }],
      async [Symbol.asyncDispose]() {
        await few.stop()
        await many.stop()
        folder[Symbol.dispose]()
      },
    }
  },
}

/** An emitter on a file with so many subscriptions, of which a full repository's are on the one that is pushed to. */
async function openEmitter(location: string, subscriptionCount: number): Promise<Emitter<unknown>> {
  const store = createSqliteStore({ location, synchronous: 'full' })
  const emitter = await createEmitter(toEmitterOptions(store, 'emit'))
  const subject = { type: 'repository', id: repository.uuid } as const
  for (let number = 1; number <= perRepository; number += 1) {
    await emitter.subscriptions.create({ subject, url: `https://hooks.example.com/${number}`, secret })
  }
  copySubscriptions(location, subscriptionCount / perRepository - 1)
  const { subscriptionCount: writtenCount } = await emitter.stats()
  if (writtenCount !== subscriptionCount)
    throw new Error(`Expected ${subscriptionCount} subscriptions, got ${writtenCount}.`)
  return emitter
}

function createContender(
  subscriptionCount: number,
  measure: (name: string) => Promise<readonly number[]>,
): Contender {
  const name = `emit, ${subscriptionCount.toLocaleString('en')} subscriptions in all`
  return { name, run: async () => percentile(await measure(name), 0.5) }
}

/** Times in ms. */
interface Times {
  readonly few: readonly number[]
  readonly many: readonly number[]
}

/** One emit here, one there, and so on: seconds apart, the load of the machine would differ by more than they do. */
async function timeInTurn(few: Emitter<unknown>, many: Emitter<unknown>, count: number): Promise<Times> {
  const times = { few: [] as number[], many: [] as number[] }
  for (let left = count; left > 0; left -= 1) {
    times.few.push(await timed(() => emitOnce(few)))
    times.many.push(await timed(() => emitOnce(many)))
  }
  return times
}

async function emitOnce(emitter: Emitter<unknown>): Promise<void> {
  const { deliveries } = await emitter.emit(createPush(0, 0))
  if (deliveries.length !== perRepository)
    throw new Error(`An event made ${deliveries.length} deliveries, not ${perRepository}.`)
}

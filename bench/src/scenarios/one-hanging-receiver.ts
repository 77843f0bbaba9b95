import { type Arrivals, startArrivals } from '../arrivals/start-arrivals.ts'
import { collectOthers, openManyOrigins, subscribeAll } from '../contenders/many-origins.ts'
import { openMemoryStore } from '../contenders/memory-store.ts'
import type { Contender, Scenario } from '../scenario.ts'

/** Origins, each with one subscription. */
const originCount = 100

const emitBatchSize = 100

export const oneHangingReceiver: Scenario = {
  name: 'one-hanging-receiver',
  title: 'Memory store, 100 receivers with a backlog each: the rate of 99 while the other one hangs',
  async prepare({ deliveryCount }) {
    const arrivals = await startArrivals(originCount)
    const perOrigin = deliveryCount / originCount
    const toContender = (name: string, isHanging: boolean): Contender => ({
      name,
      run: () => measureRate(arrivals, perOrigin, isHanging),
    })
    const healthy = toContender('all answer', false)
    const hanging = toContender('one hangs', true)
    return {
      unit: 'deliveries/s',
      contenders: [healthy, hanging],
      targets: [{ contender: hanging.name, against: healthy.name, ratio: 0.95 }],
      [Symbol.asyncDispose]: () => arrivals[Symbol.asyncDispose](),
    }
  },
}

/** Everything is due when the emitter starts; the rate is that of all receivers but the first. */
async function measureRate(arrivals: Arrivals, perOrigin: number, isHanging: boolean): Promise<number> {
  const deliveryCount = perOrigin * originCount
  await using fresh = openMemoryStore(deliveryCount)
  const { emitter: emitting, emit } = await openManyOrigins(arrivals, fresh.store, 'emit')
  await subscribeAll(emitting, arrivals)
  for (let index = 0; index < deliveryCount; index += emitBatchSize) {
    await Promise.all(Array.from({ length: emitBatchSize }, (_, offset) => emit(index + offset)))
  }
  await emitting.stop()
  arrivals.setHanging(isHanging)
  await arrivals.take()
  const { emitter } = await openManyOrigins(arrivals, fresh.store, 'deliver')
  const others = await collectOthers(arrivals, perOrigin * (originCount - 1))
  await emitter.stop({ timeoutMs: 0 })
  const times = others.map(({ at }) => at)
  const elapsedMs = times.reduce((last, at) => Math.max(last, at), 0) - Math.min(...times.slice(0, 1_000))
  return (others.length / elapsedMs) * 1_000
}

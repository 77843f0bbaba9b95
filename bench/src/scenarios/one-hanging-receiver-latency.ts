import { type Arrivals, startArrivals } from '../arrivals/start-arrivals.ts'
import { collectOthers, openManyOrigins, subscribeAll } from '../contenders/many-origins.ts'
import { openMemoryStore } from '../contenders/memory-store.ts'
import { percentile } from '../measure/percentile.ts'
import { runAtIntervals } from '../measure/run-at-intervals.ts'
import type { Contender, Scenario } from '../scenario.ts'

const originCount = 100

/** Emits a second: about half of what the process can do beside its receivers on two cores. */
const emitsPerSecond = 1_500

export const oneHangingReceiverLatency: Scenario = {
  name: 'one-hanging-receiver-latency',
  title:
    'Memory store, 100 receivers at half load: from emit to arrival at 99 while the other one hangs, p99',
  async prepare({ deliveryCount }) {
    const arrivals = await startArrivals(originCount)
    const count = Math.max(1_000, deliveryCount / 2)
    const toContender = (name: string, isHanging: boolean): Contender => ({
      name,
      run: () => measureLatency(arrivals, count, isHanging),
    })
    const healthy = toContender('all answer', false)
    const hanging = toContender('one hangs', true)
    return {
      unit: 'ms',
      contenders: [healthy, hanging],
      targets: [{ contender: hanging.name, against: healthy.name, ratio: 1.2 }],
      [Symbol.asyncDispose]: () => arrivals[Symbol.asyncDispose](),
    }
  },
}

async function measureLatency(arrivals: Arrivals, count: number, isHanging: boolean): Promise<number> {
  await using fresh = openMemoryStore(count)
  const { emitter, emit } = await openManyOrigins(arrivals, fresh.store, 'both')
  await subscribeAll(emitter, arrivals)
  arrivals.setHanging(isHanging)
  await arrivals.take()
  const emitted = await runAtIntervals(count, 1_000 / emitsPerSecond, emit)
  const others = await collectOthers(arrivals, count - Math.ceil(count / originCount))
  await emitter.stop({ timeoutMs: 0 })
  const emittedAt = new Map(emitted.map((one) => [one.deliveryId, one.emittedAt]))
  return percentile(
    others.map(({ deliveryId, at }) => at - (emittedAt.get(deliveryId) ?? Number.NaN)),
    0.99,
  )
}

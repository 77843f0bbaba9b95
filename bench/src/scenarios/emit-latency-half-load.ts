import { openEmitAndBare } from '../contenders/emit-and-bare.ts'
import { type Latencies, toLatencyScenario } from '../contenders/latency-scenario.ts'
import { runAtIntervals } from '../measure/run-at-intervals.ts'
import { timed } from '../measure/timed.ts'
import { startReceiver } from '../receiver/start-receiver.ts'
import type { Scenario } from '../scenario.ts'

/** Emits that wait at a time while it is found out how many can be done. */
const loopCount = 16

export const emitLatencyHalfLoad: Scenario = {
  name: 'emit-latency-half-load',
  title: 'One durable emit among half as many as can be done, all of them delivered meanwhile',
  async prepare({ repeatCount }) {
    const receiver = await startReceiver()
    const count = Math.max(500, repeatCount / 10)
    return toLatencyScenario(
      async () => {
        await receiver.reset()
        const latencies = await timeAtHalfLoad(receiver.url, count)
        await receiver.takeRate(2 * count)
        return latencies
      },
      async () => {
        await receiver[Symbol.asyncDispose]()
      },
    )
  },
}

async function timeAtHalfLoad(url: string, count: number): Promise<Latencies> {
  await using pair = await openEmitAndBare(url, { role: 'both', addresses: { allow: ['127.0.0.0/8'] } })
  const emitsPerMs = await measureRate(count, pair.emit, pair.idle)
  const commitsPerMs = await measureRate(count, pair.bare, async () => {})
  const intervalMs = 2 / Math.min(emitsPerMs, commitsPerMs)
  const emit = await runAtIntervals(count, intervalMs, () => timed(pair.emit))
  await pair.idle()
  return { emit, bare: await runAtIntervals(count, intervalMs, () => timed(pair.bare)) }
}

/** How many can be done in a ms, until all that they bring about is done. */
async function measureRate(
  count: number,
  run: () => Promise<void>,
  end: () => Promise<void>,
): Promise<number> {
  let leftCount = count
  const loop = async (): Promise<void> => {
    for (; leftCount > 0; await run()) leftCount -= 1
  }
  const ms = await timed(async () => {
    await Promise.all(Array.from({ length: loopCount }, loop))
    await end()
  })
  return count / ms
}

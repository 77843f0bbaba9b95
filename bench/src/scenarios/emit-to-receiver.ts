import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import { nowInMs } from '../arrivals/now-in-ms.ts'
import { type Arrivals, startArrivals } from '../arrivals/start-arrivals.ts'
import { connectionCount, deadlineMs } from '../contenders/delivery-limits.ts'
import { openManyOrigins, subscribeAll } from '../contenders/many-origins.ts'
import { openMemoryStore } from '../contenders/memory-store.ts'
import { toRequestHeaders } from '../contenders/to-request-headers.ts'
import { buildSmallBody } from '../fixtures/small-dialect.ts'
import { percentile } from '../measure/percentile.ts'
import { runAtIntervals } from '../measure/run-at-intervals.ts'
import { shareOfRound } from '../measure/share-of-round.ts'
import { timed } from '../measure/timed.ts'
import type { Scenario } from '../scenario.ts'

/** Times in ms from the beginning of an emit, or of a bare request, to its first byte at the receiver. */
interface Latencies {
  readonly emit: readonly number[]
  readonly bare: readonly number[]
}

/** A percentile, and how many ms more than a bare request an emit may take there: a wait for polls would be half a second at p50. */
const bounds = [
  { label: 'p50', share: 0.5, allowance: 2 },
  { label: 'p99', share: 0.99, allowance: 100 },
]

/** Emits that wait at a time while it is found out how many can be done. */
const loopCount = 16

export const emitToReceiver: Scenario = {
  name: 'emit-to-receiver',
  title: 'Memory store, from emit to the first byte at the receiver at half load',
  async prepare({ deliveryCount }) {
    const arrivals = await startArrivals(1)
    const count = Math.max(1_000, deliveryCount / 4)
    const latenciesFor = shareOfRound(() => measure(arrivals, count))
    const toContender = (name: string, share: number, kind: keyof Latencies) => ({
      name,
      run: async () => percentile((await latenciesFor(name))[kind], share),
    })
    const cases = bounds.map(({ label, share, allowance }) => ({
      allowance,
      bare: toContender(`bare request, ${label}`, share, 'bare'),
      emit: toContender(`emit, ${label}`, share, 'emit'),
    }))
    return {
      unit: 'ms',
      contenders: cases.flatMap(({ bare, emit }) => [bare, emit]),
      targets: cases.map(({ bare, emit, allowance }) => ({
        contender: emit.name,
        against: bare.name,
        ratio: 1,
        allowance,
      })),
      [Symbol.asyncDispose]: () => arrivals[Symbol.asyncDispose](),
    }
  },
}

async function measure(arrivals: Arrivals, count: number): Promise<Latencies> {
  await using fresh = openMemoryStore(count)
  const { emitter, emit } = await openManyOrigins(arrivals, fresh.store, 'both')
  await subscribeAll(emitter, arrivals)
  let leftCount = count
  const loop = async (): Promise<void> => {
    for (; leftCount > 0; await emit(0)) leftCount -= 1
  }
  const ms = await timed(async () => {
    await Promise.all(Array.from({ length: loopCount }, loop))
    await emitter.idle()
  })
  await arrivals.take()
  const intervalMs = 2 * (ms / count)
  const emitted = await runAtIntervals(count, intervalMs, () => emit(0))
  await emitter.idle()
  const emitLatencies = await toLatencies(arrivals, emitted)
  await emitter.stop()
  return { emit: emitLatencies, bare: await measureBare(arrivals, count, intervalMs) }
}

async function measureBare(
  arrivals: Arrivals,
  count: number,
  intervalMs: number,
): Promise<readonly number[]> {
  const [url = ''] = arrivals.urls
  const dispatcher = new Agent({ connections: connectionCount })
  const body = buildSmallBody()
  const sent = await runAtIntervals(count, intervalMs, async () => {
    const deliveryId = randomUUID()
    const emittedAt = nowInMs()
    const headers = { ...toRequestHeaders(body), 'X-Request-UUID': deliveryId }
    const signal = AbortSignal.timeout(deadlineMs)
    const answer = await request(url, { dispatcher, method: 'POST', headers, body, signal })
    await answer.body.arrayBuffer()
    return { deliveryId, emittedAt }
  })
  await dispatcher.close()
  return toLatencies(arrivals, sent)
}

/** @throws {Error} if not exactly these arrived */
async function toLatencies(
  arrivals: Arrivals,
  sent: readonly { readonly deliveryId: string; readonly emittedAt: number }[],
): Promise<readonly number[]> {
  const arrivedAt = new Map((await arrivals.take()).map(({ deliveryId, at }) => [deliveryId, at]))
  if (arrivedAt.size !== sent.length)
    throw new Error(`${arrivedAt.size} of ${sent.length} deliveries arrived.`)
  return sent.map(({ deliveryId, emittedAt }) => (arrivedAt.get(deliveryId) ?? Number.NaN) - emittedAt)
}

import PQueue from 'p-queue'
import pRetry from 'p-retry'
import { buildSmallBody } from '../fixtures/small-dialect.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import type { Contender } from '../scenario.ts'
import { connectionCount, deadlineMs } from './delivery-limits.ts'
import { toRequestHeaders } from './to-request-headers.ts'

/** What one would write in an afternoon: p-queue for the concurrency, p-retry for failures, `fetch` for the request. */
export function createHandWritten(receiver: BenchReceiver, deliveryCount: number): Contender {
  const body = Buffer.from(buildSmallBody())

  async function deliver(): Promise<void> {
    const answer = await fetch(receiver.url, {
      method: 'POST',
      headers: toRequestHeaders(body),
      body,
      signal: AbortSignal.timeout(deadlineMs),
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`The receiver answered ${answer.status}.`)
  }

  return {
    name: 'hand-written',
    async run() {
      await receiver.reset()
      const queue = new PQueue({ concurrency: connectionCount })
      await queue.addAll(Array.from({ length: deliveryCount }, () => () => pRetry(deliver, { retries: 5 })))
      return receiver.takeRate(deliveryCount)
    },
  }
}

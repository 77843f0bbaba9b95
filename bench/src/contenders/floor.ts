import { Agent, request } from 'undici'
import { buildSmallBody } from '../fixtures/small-dialect.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import type { Contender } from '../scenario.ts'
import { connectionCount, deadlineMs } from './delivery-limits.ts'
import { toRequestHeaders } from './to-request-headers.ts'

/**
 * The least that a sender can do: undici's `request` in a loop per connection. It signs each request, sets the same headers, has the
 * same total deadline and reads the answer to its end; it keeps no account, and what fails ends it.
 */
export function createFloor(receiver: BenchReceiver, deliveryCount: number): Contender {
  const body = buildSmallBody()

  async function deliver(dispatcher: Agent): Promise<void> {
    const cutoff = new AbortController()
    const timer = setTimeout(() => cutoff.abort(), deadlineMs)
    const answer = await request(receiver.url, {
      dispatcher,
      method: 'POST',
      headers: toRequestHeaders(body),
      body,
      signal: cutoff.signal,
    })
    await answer.body.arrayBuffer()
    clearTimeout(timer)
    if (answer.statusCode !== 200) throw new Error(`The receiver answered ${answer.statusCode}.`)
  }

  return {
    name: 'floor',
    async run() {
      const dispatcher = new Agent({ connections: connectionCount })
      let leftCount = deliveryCount
      async function deliverWhileAnyIsLeft(): Promise<void> {
        while (leftCount > 0) {
          leftCount -= 1
          await deliver(dispatcher)
        }
      }
      await receiver.reset()
      await Promise.all(Array.from({ length: connectionCount }, deliverWhileAnyIsLeft))
      await dispatcher.close()
      return receiver.takeRate(deliveryCount)
    },
  }
}

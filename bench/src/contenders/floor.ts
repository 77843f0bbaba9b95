import { Agent } from 'undici'
import { buildSmallBody } from '../fixtures/small-dialect.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import type { Contender } from '../scenario.ts'
import { connectionCount } from './delivery-limits.ts'
import { postSigned } from './post-signed.ts'

/** The least that a sender can do: signed requests in a loop per connection. It keeps no account, and what fails ends it. */
export function createFloor(receiver: BenchReceiver, deliveryCount: number): Contender {
  const body = buildSmallBody()
  return {
    name: 'floor',
    async run() {
      const dispatcher = new Agent({ connections: connectionCount })
      let leftCount = deliveryCount
      async function deliverWhileAnyIsLeft(): Promise<void> {
        while (leftCount > 0) {
          leftCount -= 1
          await postSigned(dispatcher, receiver.url, body)
        }
      }
      await receiver.reset()
      await Promise.all(Array.from({ length: connectionCount }, deliverWhileAnyIsLeft))
      await dispatcher.close()
      return receiver.takeRate(deliveryCount)
    },
  }
}

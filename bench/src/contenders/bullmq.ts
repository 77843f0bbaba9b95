import { Queue, Worker } from 'bullmq'
import { Agent } from 'undici'
import { buildSmallBody } from '../fixtures/small-dialect.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import { isRedisInstalled, type SyncPolicy, startRedis } from '../redis/start-redis.ts'
import type { Contender } from '../scenario.ts'
import { connectionCount } from './delivery-limits.ts'
import { postSigned } from './post-signed.ts'

const queueName = 'deliveries'

/**
 * BullMQ on a Redis of its own: one job per delivery, which carries the body, found waiting by one worker with a slot per
 * connection. Null, and said so, where there is no Redis to start: nothing else needs one, so it is not installed with the rest.
 */
export function createBullMq(
  syncPolicy: SyncPolicy,
  receiver: BenchReceiver,
  deliveryCount: number,
): Contender | null {
  const name = `BullMQ, appendfsync ${syncPolicy}`
  if (!isRedisInstalled()) {
    process.stderr.write(`${name}: left out, since there is no redis-server on the PATH\n`)
    return null
  }
  return {
    name,
    async run() {
      await using redis = await startRedis(syncPolicy)
      await addJobs(redis.socketPath, deliveryCount)
      await receiver.reset()
      await runJobs(redis.socketPath, receiver.url, deliveryCount)
      return receiver.takeRate(deliveryCount)
    },
  }
}

async function addJobs(path: string, count: number): Promise<void> {
  const queue = new Queue(queueName, { connection: { path } })
  const data = Buffer.from(buildSmallBody()).toString()
  const job = { name: 'deliver', data, opts: { attempts: 5, backoff: { type: 'exponential' } } }
  await queue.addBulk(Array.from({ length: count }, () => job))
  await queue.close()
}

/** @throws what the first attempt that fails says */
async function runJobs(path: string, url: string, count: number): Promise<void> {
  const dispatcher = new Agent({ connections: connectionCount })
  const worker = new Worker<string>(queueName, ({ data }) => postSigned(dispatcher, url, Buffer.from(data)), {
    connection: { path },
    concurrency: connectionCount,
  })
  try {
    await new Promise<void>((resolve, reject) => {
      let doneCount = 0
      worker.on('completed', () => {
        doneCount += 1
        if (doneCount === count) resolve()
      })
      worker.on('failed', (_job, error) => reject(error))
      worker.on('error', reject)
    })
  } finally {
    await worker.close()
    await dispatcher.close()
  }
}

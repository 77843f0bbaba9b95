import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBacklogWriter } from '../backlog/backlog-writer.ts'
import type { Drained } from '../backlog/drain.ts'
import { drainCopy } from '../backlog/drain-copy.ts'
import { drainKept } from '../backlog/drain-kept.ts'
import { finishDeliveries } from '../backlog/finish-deliveries.ts'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { shareOfRound } from '../measure/share-of-round.ts'
import { startReceiver } from '../receiver/start-receiver.ts'
import type { Contender, Scenario } from '../scenario.ts'

const smallCount = 1_000

/** What a large backlog may cost more than a small one, in MB. */
const memoryAllowance = 30

export const backlog: Scenario = {
  name: 'backlog',
  title: 'A backlog of one receiver, in SQLite',
  async prepare({ largeCount, roundCount }) {
    const folder = createTemporaryFolder()
    const receiver = await startReceiver()
    const drainedCount = largeCount / 10
    const whole = join(folder.path, 'whole.db')
    const rest = join(folder.path, 'rest.db')
    const writer = await createBacklogWriter(whole, receiver.url)
    await writer.append(largeCount)
    await writer[Symbol.asyncDispose]()
    await copyFile(whole, rest)
    await finishDeliveries(rest, largeCount - drainedCount)

    const drainSmall = shareOfRound(() => drainKept(smallCount, drainedCount, receiver))
    // Right after each other, whatever the order of the contenders: minutes apart, the load of the machine may differ by more.
    const drainEnds = shareOfRound(async () => ({
      first: await drainCopy(whole, drainedCount, receiver),
      last: await drainCopy(rest, drainedCount, receiver),
    }))
    const portion = `${drainedCount.toLocaleString('en')} of ${largeCount.toLocaleString('en')}`
    const first = createRate(`the first ${portion}`, async (name) => (await drainEnds(name)).first)
    const last = createRate(`the last ${portion}`, async (name) => (await drainEnds(name)).last)
    const smallMemory = createMemory(smallCount, drainSmall)
    const largeMemory = createMemory(largeCount, async (name) => (await drainEnds(name)).first)
    return {
      unit: 'deliveries/s',
      contenders: [first, last, smallMemory, largeMemory],
      targets: [
        { contender: last.name, against: first.name, ratio: 0.9 },
        {
          contender: largeMemory.name,
          against: smallMemory.name,
          ratio: 1,
          allowance: memoryAllowance,
        },
      ],
      rounds: { roundCount: Math.ceil(roundCount / 4), warmUpCount: 0 },
      async [Symbol.asyncDispose]() {
        await receiver[Symbol.asyncDispose]()
        folder[Symbol.dispose]()
      },
    }
  },
}

type Drain = (name: string) => Promise<Drained>

function createRate(name: string, drain: Drain): Contender {
  return { name, run: async () => (await drain(name)).rate }
}

function createMemory(count: number, drain: Drain): Contender {
  const name = `peak memory, backlog of ${count.toLocaleString('en')}`
  return { name, unit: 'MB', run: async () => (await drain(name)).peakMegabytes }
}

import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter } from 'posthorn'
import { createBareCommit } from '../contenders/bare-commit.ts'
import { createPush, repository, secret, site } from '../fixtures/push.ts'
import { smallDialect } from '../fixtures/small-dialect.ts'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { percentile } from '../measure/percentile.ts'
import { shareOfRound } from '../measure/share-of-round.ts'
import { timed } from '../measure/timed.ts'
import type { Contender, Scenario } from '../scenario.ts'

/** A percentile, and how much slower than a bare commit an emit may be there. */
const bounds = [
  { label: 'p50', share: 0.5, ratio: 1, allowance: 0.15 },
  { label: 'p99', share: 0.99, ratio: 3, allowance: 0 },
]

/** Commits before those that are timed, so that all code is compiled. */
const warmUpCount = 100

export const emitLatency: Scenario = {
  name: 'emit-latency',
  title: 'One durable emit to one subscription, nothing else going on',
  async prepare({ repeatCount }) {
    const count = Math.max(200, repeatCount / 10)
    const takeTimes = shareOfRound(() => timeInTurn(count))
    const cases = bounds.map(({ label, share, ...bound }) => ({
      ...bound,
      bare: createContender(`bare commit, ${label}`, async (name) =>
        percentile((await takeTimes(name)).bare, share),
      ),
      emit: createContender(`emit, ${label}`, async (name) =>
        percentile((await takeTimes(name)).emit, share),
      ),
    }))
    return {
      unit: 'ms',
      contenders: cases.flatMap(({ bare, emit }) => [bare, emit]),
      targets: cases.map(({ bare, emit, ratio, allowance }) => ({
        contender: emit.name,
        against: bare.name,
        ratio,
        allowance,
      })),
      async [Symbol.asyncDispose]() {},
    }
  },
}

/** Times in ms. */
interface Times {
  readonly bare: readonly number[]
  readonly emit: readonly number[]
}

function createContender(name: string, measure: (name: string) => Promise<number>): Contender {
  return { name, run: () => measure(name) }
}

/** One emit, one bare commit, and so on: seconds apart, the load of the machine would differ by more than they do. */
async function timeInTurn(count: number): Promise<Times> {
  using folder = createTemporaryFolder()
  const store = createSqliteStore({ location: join(folder.path, 'emit.db'), synchronous: 'full' })
  const emitter = await createEmitter({ site, store, role: 'emit', dialects: [smallDialect] })
  const subject = { type: 'repository', id: repository.uuid } as const
  await emitter.subscriptions.create({ subject, url: 'https://hooks.example.com/', secret })
  const event = createPush(0, 0)
  const location = join(folder.path, 'bare.db')
  // In the tables that the store makes, so that both write the same pages.
  const handle = await createSqliteStore({ location }).open({ clock: { now: () => Date.now() } })
  await handle.close()
  using bareCommit = createBareCommit(location)
  const emit: number[] = []
  const bare: number[] = []
  for (let left = warmUpCount + count; left > 0; left -= 1) {
    emit.push(
      await timed(async () => {
        const { deliveries } = await emitter.emit(event)
        if (deliveries.length !== 1) throw new Error(`An event made ${deliveries.length} deliveries.`)
      }),
    )
    bare.push(await timed(async () => bareCommit.commit()))
  }
  await emitter.stop()
  return { emit: emit.slice(warmUpCount), bare: bare.slice(warmUpCount) }
}

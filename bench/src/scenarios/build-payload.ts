import { performance } from 'node:perf_hooks'
import { bitbucketDialects, type Dialect, type PushEvent } from 'posthorn'
import { createPush, site } from '../fixtures/push.ts'
import { percentile } from '../measure/percentile.ts'
import { shareOfRound } from '../measure/share-of-round.ts'
import type { Contender, Scenario, Target } from '../scenario.ts'

/** What is built: the smallest push, and a full page of every dialect. */
const pushes = [
  { label: '1 commit', event: createPush(1, 1) },
  { label: '100 commits', event: createPush(100, 5) },
]

/** How long one side is at work before it is the other's turn: less than the load of a machine stays the same. */
const turnMs = 2

const decoder = new TextDecoder()

export const buildPayload: Scenario = {
  name: 'build-payload',
  title: 'Building the body of a push',
  async prepare({ repeatCount }) {
    const turnCount = Math.max(10, Math.floor(repeatCount / 100))
    const cases = bitbucketDialects.flatMap((dialect) =>
      pushes.map(({ label, event }) => createCase(`${dialect.name}, ${label}`, dialect, event, turnCount)),
    )
    return {
      unit: 'ms',
      contenders: cases.flatMap(({ contenders }) => contenders),
      targets: cases.map(({ target }) => target),
      async [Symbol.asyncDispose]() {},
    }
  },
}

/** Building from the event against `JSON.stringify` of the documents that come of it. */
function createCase(
  name: string,
  dialect: Dialect,
  event: PushEvent,
  turnCount: number,
): { readonly contenders: readonly Contender[]; readonly target: Target } {
  const build = (): Uint8Array | undefined => {
    const [bytes] = dialect.build(event, { site, variant: 'default', caps: dialect.defaultCaps })
    return bytes ?? undefined
  }
  const json = decoder.decode(build())
  const document: unknown = JSON.parse(json)
  const work = {
    build: () => build()?.length ?? 0,
    stringify: () => JSON.stringify(document).length,
  }
  const perTurn = Math.max(1, Math.round(turnMs / timeOf(work.build, 10, json.length)))
  const timesFor = shareOfRound(async () => {
    const times = { build: [] as number[], stringify: [] as number[] }
    for (let turn = 0; turn < turnCount; turn += 1) {
      times.stringify.push(timeOf(work.stringify, perTurn, json.length))
      times.build.push(timeOf(work.build, perTurn, json.length))
    }
    return times
  })
  const contenders = (['stringify', 'build'] as const).map((kind) => {
    const contender = `${kind === 'build' ? 'build' : 'JSON.stringify'}: ${name}`
    return { name: contender, run: async () => percentile((await timesFor(contender))[kind], 0.5) }
  })
  return { contenders, target: { contender: `build: ${name}`, against: `JSON.stringify: ${name}`, ratio: 2 } }
}

/** The time of one call in ms. Each must give so many bytes. */
function timeOf(work: () => number, count: number, expectedLength: number): number {
  const startedAt = performance.now()
  for (let index = 0; index < count; index += 1) {
    if (work() !== expectedLength) throw new Error('A body came out differently.')
  }
  return (performance.now() - startedAt) / count
}

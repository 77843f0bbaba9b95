import { performance } from 'node:perf_hooks'
import { bitbucketDialects, type Dialect, type WebhookEvent } from 'posthorn'
import { createPush, site } from '../fixtures/push.ts'
import type { Contender, Scenario } from '../scenario.ts'

/** Commits and changes per commit of the pushes that are built: the smallest one, and a full page of every dialect. */
const pushes = [
  { label: '1 commit', commitCount: 1, changeCount: 1 },
  { label: '100 commits', commitCount: 100, changeCount: 5 },
]

const decoder = new TextDecoder()

export const buildPayload: Scenario = {
  name: 'build-payload',
  title: 'Building the body of a push',
  async prepare({ repeatCount }) {
    const cases = bitbucketDialects.flatMap((dialect) =>
      pushes.map(({ label, commitCount, changeCount }) => {
        const event = createPush(commitCount, changeCount)
        const count = Math.max(10, Math.floor(repeatCount / commitCount))
        return createCase(`${dialect.name}, ${label}`, dialect, event, count)
      }),
    )
    return {
      unit: 'ms',
      contenders: cases.flatMap(({ stringify, build }) => [stringify, build]),
      targets: cases.map(({ stringify, build }) => ({
        contender: build.name,
        against: stringify.name,
        ratio: 2,
      })),
      async [Symbol.asyncDispose]() {},
    }
  },
}

/** Building from the event against `JSON.stringify` of the document that comes of it. */
function createCase(
  name: string,
  dialect: Dialect,
  event: WebhookEvent,
  count: number,
): { readonly stringify: Contender; readonly build: Contender } {
  const build = (): Uint8Array | undefined =>
    dialect.build(event, { site, variant: 'default', caps: dialect.defaultCaps })[0]
  const json = decoder.decode(build())
  const document: unknown = JSON.parse(json)
  return {
    stringify: {
      name: `JSON.stringify: ${name}`,
      run: async () => repeat(count, () => JSON.stringify(document).length, json.length),
    },
    build: {
      name: `build: ${name}`,
      run: async () => repeat(count, () => build()?.length ?? 0, json.length),
    },
  }
}

/** The time of one call in ms. Each must give so many bytes. */
function repeat(count: number, work: () => number, expectedLength: number): number {
  const startedAt = performance.now()
  for (let index = 0; index < count; index += 1) {
    if (work() !== expectedLength) throw new Error('A body came out differently.')
  }
  return (performance.now() - startedAt) / count
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

test.for([
  ['OpenTelemetry', 'trace-deliveries.ts'],
  ['Prometheus', 'measure-deliveries.ts'],
] as const)(
  'the code for %s in docs/observability.md is the file of the example, word for word',
  ([heading, file]) => {
    const page = readFileSync(join(root, 'docs/observability.md'), 'utf8')
    const [, below = ''] = page.split(`## ${heading}\n`)
    const [, shown] = /```ts\n([\s\S]*?)```/.exec(below) ?? []
    expect(shown).toBe(readFileSync(join(root, 'examples/observability/src', file), 'utf8'))
  },
)

import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

test('the quick start of the README is the file of the example, word for word, in 30 lines at most', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const example = readFileSync(join(root, 'examples/quick-start/src/main.ts'), 'utf8')
  const [, shown] = /## Quick start\n+```ts\n([\s\S]*?)```/.exec(readme) ?? []
  expect(shown).toBe(example)
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
})

const documents = globSync('{*.md,docs/**/*.md,examples/*/README.md,bench/README.md}', { cwd: root })

test.for(documents)('every relative link of %s leads to a file', (document) => {
  const text = readFileSync(join(root, document), 'utf8')
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, target]) => target ?? '',
  )
  for (const target of targets) expect(existsSync(join(root, dirname(document), target)), target).toBe(true)
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

test('the quick start of the README is the file of the example, word for word, in 30 lines at most', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const example = readFileSync(join(root, 'examples/quick-start/src/main.ts'), 'utf8')
  const [, shown] = /## Quick start\n+```ts\n([\s\S]*?)```/.exec(readme) ?? []
  expect(shown).toBe(example)
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
})

test('every relative link of the documents leads to a file', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8')
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, target]) => target ?? '')
    for (const target of targets)
      expect(() => readFileSync(join(root, target)), `${document}: ${target}`).not.toThrow(/ENOENT/)
  }
})

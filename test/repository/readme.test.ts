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

test.for([
  ['ts', 'server.ts'],
  ['js', 'post-receive.ts'],
] as const)('the %s of "In your server" is %s of the example, word for word', ([language, file]) => {
  const [, below = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('## In your server\n')
  const [, shown] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(below) ?? []
  expect(shown).toBe(readFileSync(join(root, 'examples/in-your-server/src', file), 'utf8'))
})

const documents = globSync('{*.md,docs/**/*.md,{examples,packages}/*/README.md,bench/README.md}', {
  cwd: root,
})

test.for(documents)('every relative link of %s leads to a file, and to a heading of it', (document) => {
  const text = readFileSync(join(root, document), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
  for (const [link, target = '', anchor] of links) {
    const path = join(root, target === '' ? document : join(dirname(document), target))
    expect(existsSync(path), link).toBe(true)
    if (anchor !== undefined) expect(readAnchors(path), link).toContain(anchor)
  }
})

/** As GitHub and most others make them of headings. */
function readAnchors(path: string): readonly string[] {
  const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)]
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

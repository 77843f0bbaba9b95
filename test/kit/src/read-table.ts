import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/**
 * The rows of the first table below a heading of a page, without its head and without the code marks around whole cells.
 * @param heading with its marks, such as `## Codes`
 */
export function readTable(page: string, heading: string): readonly (readonly string[])[] {
  const [, below] = readFileSync(join(root, page), 'utf8').split(`\n${heading}\n`)
  if (below === undefined) throw new Error(`There is no heading "${heading}" in ${page}.`)
  const [, table = ''] = /\n((?:\|.*\n)+)/.exec(below) ?? []
  const rows = table.trim().split('\n').slice(2)
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  )
}

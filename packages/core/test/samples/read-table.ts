import { readFileSync } from 'node:fs'

/** The rows of the first table below a heading of a page in `docs/`, without its head; code marks are taken off. */
export function readTable(page: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8')
  const lines = text.split('\n')
  const start = lines.indexOf(heading)
  if (start === -1) throw new Error(`No heading "${heading}" in docs/${page}`)
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'))
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'))
  return lines.slice(first + 2, first + length).map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  )
}

import { type Column, toTableHead, toTableLine } from '../display/table.ts'
import type { Verdict } from './verdict.ts'

const columns: readonly Column[] = [
  ['receiver', 11],
  ['dialect', 19],
  ['expected', 43],
  ['pushes arrived', 14],
  ['attempts', 26],
  ['verdict', 0],
]

/** The lines of a table with a line per subscription, and below it what was not as expected. */
export function toSummary(verdicts: readonly Verdict[]): readonly string[] {
  const differences = verdicts.flatMap((verdict) => verdict.differences)
  return [
    toTableHead(columns),
    ...verdicts.map(toLine),
    ...(differences.length === 0 ? ['All came as expected.'] : ['Not as expected:', ...differences]),
  ]
}

function toLine({ webhook, words, arrivedPushes, differences }: Verdict): string {
  return toTableLine(columns, [
    webhook.subscription.title,
    webhook.dialect.replace('bitbucket-', ''),
    webhook.expected.text,
    arrivedPushes.length === 0 ? 'none' : arrivedPushes.join(' '),
    countWords(words),
    differences.length === 0 ? 'as expected' : 'DIFFERS',
  ])
}

/** Such as `2 × http.5xx, 6 × http.2xx`. */
function countWords(words: readonly string[]): string {
  const counts = Map.groupBy(words, (word) => word)
  return [...counts].map(([word, { length }]) => `${length} × ${word}`).join(', ')
}

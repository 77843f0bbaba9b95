import type { Quartiles } from '../measure/quartiles.ts'
import type { ContenderSummary, RatioSummary, Summary } from '../measure/summarise.ts'
import type { Machine } from './machine.ts'

const headings = ['contender', 'median (quartiles)', 'against', 'ratio (quartiles)', 'target', 'met']

/** A scenario as a table in Markdown. */
export function toTable(summary: Summary): string {
  const rows = summary.contenders.flatMap((contender) => toRows(contender, summary.unit))
  const lines = [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [
    `### ${summary.title} (\`${summary.name}\`), ${summary.unit}, ${summary.roundCount} rounds`,
    '',
    ...lines,
    '',
  ].join('\n')
}

export function toMachineLine({ processor, coreCount, platform, node, fsyncMs }: Machine): string {
  return `${coreCount} cores (${processor}), ${platform}, Node ${node}, one fsync ${fsyncMs.toFixed(2)} ms`
}

function toRows({ name, figure, ratios }: ContenderSummary, unit: Summary['unit']): readonly string[][] {
  const shown = toSpread(figure, (value) =>
    unit === 'ms' ? value.toPrecision(3) : Math.round(value).toLocaleString('en'),
  )
  if (ratios.length === 0) return [[name, shown, '', '', '', '']]
  return ratios.map((ratio) => [name, shown, ...toRatioCells(ratio, unit)])
}

function toRatioCells({ against, ratio, target, isMet }: RatioSummary, unit: Summary['unit']): string[] {
  const bound = `${unit === 'ms' ? '≤' : '≥'} ${target}`
  return [against, toSpread(ratio, (value) => value.toFixed(2)), bound, isMet ? 'yes' : 'no']
}

function toSpread({ lower, median, upper }: Quartiles, show: (value: number) => string): string {
  return `${show(median)} (${show(lower)}–${show(upper)})`
}

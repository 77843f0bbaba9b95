import type { Quartiles } from '../measure/quartiles.ts'
import type { ContenderSummary, RatioSummary, Summary } from '../measure/summarise.ts'
import { isMoreBetter, type Unit } from '../scenario.ts'
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

function toRows({ name, unit, figure, ratios }: ContenderSummary, scenarioUnit: Unit): readonly string[][] {
  const spread = toSpread(figure, (value) => showFigure(value, unit))
  const shown = unit === scenarioUnit ? spread : `${spread} ${unit}`
  if (ratios.length === 0) return [[name, shown, '', '', '', '']]
  return ratios.map((ratio) => [name, shown, ...toRatioCells(ratio, unit)])
}

function showFigure(value: number, unit: Unit): string {
  return unit === 'deliveries/s' ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

function toRatioCells({ against, ratio, target, isMet }: RatioSummary, unit: Unit): string[] {
  const cells = [against, toSpread(ratio, (value) => value.toFixed(2))]
  if (target === null) return [...cells, '', '']
  return [...cells, `${isMoreBetter(unit) ? '≥' : '≤'} ${target}`, isMet === true ? 'yes' : 'no']
}

function toSpread({ lower, median, upper }: Quartiles, show: (value: number) => string): string {
  return `${show(median)} (${show(lower)}–${show(upper)})`
}

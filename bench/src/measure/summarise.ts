import type { PreparedScenario, Scenario, Target } from '../scenario.ts'
import { type Quartiles, toQuartiles } from './quartiles.ts'
import type { Round } from './run-rounds.ts'

/** What came of a scenario. */
export interface Summary {
  readonly name: string
  readonly title: string
  readonly unit: PreparedScenario['unit']
  readonly roundCount: number
  readonly contenders: readonly ContenderSummary[]
}

export interface ContenderSummary {
  readonly name: string
  readonly figure: Quartiles
  readonly ratios: readonly RatioSummary[]
}

export interface RatioSummary {
  /** The other's name, with the allowance. */
  readonly against: string
  readonly ratio: Quartiles
  readonly target: number
  /** Whether even the worse quartile reaches the target. */
  readonly isMet: boolean
}

export function summarise(
  { name, title }: Scenario,
  { unit, contenders, targets }: PreparedScenario,
  rounds: readonly Round[],
): Summary {
  return {
    name,
    title,
    unit,
    roundCount: rounds.length,
    contenders: contenders.map((contender) => ({
      name: contender.name,
      figure: toQuartiles(rounds.map((round) => figureOf(round, contender.name))),
      ratios: targets
        .filter((target) => target.contender === contender.name)
        .map((target) => toRatio(target, unit, rounds)),
    })),
  }
}

/** The ratio is taken round by round, and only then summed up: both figures of a round met the same machine. */
function toRatio(
  { contender, against, ratio: target, allowance = 0 }: Target,
  unit: PreparedScenario['unit'],
  rounds: readonly Round[],
): RatioSummary {
  const ratio = toQuartiles(
    rounds.map((round) => figureOf(round, contender) / (figureOf(round, against) + allowance)),
  )
  const isMet = unit === 'ms' ? ratio.upper <= target : ratio.lower >= target
  return { against: allowance === 0 ? against : `${against} + ${allowance} ${unit}`, ratio, target, isMet }
}

function figureOf(round: Round, name: string): number {
  return round.get(name) ?? Number.NaN
}

import { isMoreBetter, type PreparedScenario, type Scenario, type Target, type Unit } from '../scenario.ts'
import { type Quartiles, toQuartiles } from './quartiles.ts'
import type { Round } from './run-rounds.ts'

/** What came of a scenario. */
export interface Summary {
  readonly name: string
  readonly title: string
  readonly unit: Unit
  readonly roundCount: number
  readonly contenders: readonly ContenderSummary[]
}

export interface ContenderSummary {
  readonly name: string
  readonly unit: Unit
  readonly figure: Quartiles
  readonly ratios: readonly RatioSummary[]
}

export interface RatioSummary {
  /** The other's name, with the allowance. */
  readonly against: string
  readonly ratio: Quartiles
  /** Null: there is none. */
  readonly target: number | null
  /** Whether even the worse quartile reaches the target; null without one. */
  readonly isMet: boolean | null
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
    contenders: contenders.map(({ name: contender, unit: own = unit }) => ({
      name: contender,
      unit: own,
      figure: toQuartiles(rounds.map((round) => figureOf(round, contender))),
      ratios: targets
        .filter((target) => target.contender === contender)
        .map((target) => toRatio(target, own, rounds)),
    })),
  }
}

/** The ratio is taken round by round, and only then summed up: both figures of a round met the same machine. */
function toRatio(
  { contender, against, ratio: target, allowance = 0 }: Target,
  unit: Unit,
  rounds: readonly Round[],
): RatioSummary {
  const ratio = toQuartiles(
    rounds.map((round) => figureOf(round, contender) / (figureOf(round, against) + allowance)),
  )
  return {
    against: allowance === 0 ? against : `${against} + ${allowance} ${unit}`,
    ratio,
    target,
    isMet: target === null ? null : isReached(target, unit, ratio),
  }
}

function isReached(target: number, unit: Unit, { lower, upper }: Quartiles): boolean {
  return isMoreBetter(unit) ? lower >= target : upper <= target
}

function figureOf(round: Round, name: string): number {
  return round.get(name) ?? Number.NaN
}

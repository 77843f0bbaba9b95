/** One comparison: contenders that do the same work, and the ratios that are wanted between them. */
export interface Scenario {
  /** For `--only`, in kebab-case. */
  readonly name: string
  readonly title: string
  /** Sets up what the contenders need. What it gives is disposed of when the last round is over. */
  prepare(scale: Scale): Promise<PreparedScenario>
}

export interface PreparedScenario extends AsyncDisposable {
  readonly unit: Unit
  readonly contenders: readonly Contender[]
  readonly targets: readonly Target[]
  /** For a scenario whose runs are long, and each in a process of its own. @default those of the scale */
  readonly rounds?: Pick<Scale, 'roundCount' | 'warmUpCount'>
}

/** What a figure counts. More is better for rates, less for times and memory (1 MB: 1,000,000 bytes). */
export type Unit = 'deliveries/s' | 'ms' | 'MB'

export interface Contender {
  readonly name: string
  /** @default that of the scenario */
  readonly unit?: Unit
  /**
   * Does the work once and resolves with its figure.
   * @throws {Error} if the work was not done whole: the whole benchmark fails then
   */
  run(): Promise<number>
}

/** A ratio of the figures of two contenders in the same round, which have the same unit. */
export interface Target {
  readonly contender: string
  readonly against: string
  /** Of rates one wants at least this much, of times and memory at most; null: the ratio is only shown. */
  readonly ratio: number | null
  /** Added to the other's figure, in its unit, before the ratio is taken. @default 0 */
  readonly allowance?: number
}

/** Whether a greater figure is a better one. */
export function isMoreBetter(unit: Unit): boolean {
  return unit === 'deliveries/s'
}

/** How much work a benchmark does. */
export interface Scale {
  /** Deliveries of one run of a fast contender. */
  readonly deliveryCount: number
  /** Deliveries of one run of a contender that is several times slower. */
  readonly slowDeliveryCount: number
  /** Rows in a store that is called large. Divided by 50 it is a whole number. */
  readonly largeCount: number
  /** Times a short synchronous piece of work is repeated in one run. */
  readonly repeatCount: number
  /** Rounds that count, each of which runs every contender once. */
  readonly roundCount: number
  /** Rounds before those, so that all code is compiled. */
  readonly warmUpCount: number
  /** No further round begins in a scenario after this. */
  readonly maxScenarioMs: number
}

export const fullScale: Scale = {
  deliveryCount: 20_000,
  slowDeliveryCount: 5_000,
  largeCount: 1_000_000,
  repeatCount: 20_000,
  roundCount: 11,
  warmUpCount: 2,
  maxScenarioMs: 300_000,
}

/** For a check that everything still works, within a minute; its figures are rough. */
export const quickScale: Scale = {
  deliveryCount: 1_000,
  slowDeliveryCount: 250,
  largeCount: 20_000,
  repeatCount: 1_000,
  roundCount: 3,
  warmUpCount: 1,
  maxScenarioMs: 2_000,
}

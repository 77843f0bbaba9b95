import { percentile } from '../measure/percentile.ts'
import { shareOfRound } from '../measure/share-of-round.ts'
import type { PreparedScenario } from '../scenario.ts'

/** Times in ms. */
export interface Latencies {
  readonly emit: readonly number[]
  readonly bare: readonly number[]
}

/** A percentile, and how much slower than a bare commit an emit may be there. */
const bounds = [
  { label: 'p50', share: 0.5, ratio: 1, allowance: 0.15 },
  { label: 'p99', share: 0.99, ratio: 3, allowance: 0 },
]

/** @param measure takes the times of one round */
export function toLatencyScenario(
  measure: () => Promise<Latencies>,
  dispose: () => Promise<void>,
): PreparedScenario {
  const latenciesFor = shareOfRound(measure)
  const toContender = (name: string, share: number, kind: keyof Latencies) => ({
    name,
    run: async () => percentile((await latenciesFor(name))[kind], share),
  })
  const cases = bounds.map(({ label, share, ...bound }) => ({
    ...bound,
    bare: toContender(`bare commit, ${label}`, share, 'bare'),
    emit: toContender(`emit, ${label}`, share, 'emit'),
  }))
  return {
    unit: 'ms',
    contenders: cases.flatMap(({ bare, emit }) => [bare, emit]),
    targets: cases.map(({ bare, emit, ratio, allowance }) => ({
      contender: emit.name,
      against: bare.name,
      ratio,
      allowance,
    })),
    [Symbol.asyncDispose]: dispose,
  }
}

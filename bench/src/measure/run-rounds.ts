import { performance } from 'node:perf_hooks'
import type { Contender, Scale } from '../scenario.ts'
import { collectGarbage } from './collect-garbage.ts'

/** The figures of one round, by the name of the contender. */
export type Round = ReadonlyMap<string, number>

/**
 * Runs all contenders in turn, round after round, so that whatever else the machine does meets all of them alike. Each round
 * begins with another contender than the last.
 * @param progress told what runs now
 */
export async function runRounds(
  contenders: readonly Contender[],
  { roundCount, warmUpCount, maxScenarioMs }: Scale,
  progress: (text: string) => void,
): Promise<readonly Round[]> {
  const startedAt = performance.now()
  const rounds: Round[] = []
  for (let number = 1; number <= warmUpCount + roundCount; number += 1) {
    const label = number <= warmUpCount ? 'warm-up' : `round ${number - warmUpCount} of ${roundCount}`
    const round = new Map<string, number>()
    for (const contender of rotate(contenders, number)) {
      progress(`${label}: ${contender.name}`)
      collectGarbage()
      round.set(contender.name, await contender.run())
    }
    if (number > warmUpCount) rounds.push(round)
    if (rounds.length > 0 && performance.now() - startedAt > maxScenarioMs) break
  }
  return rounds
}

function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

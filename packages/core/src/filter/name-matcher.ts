import type { Glob } from './glob.ts'
import { createGlobProgram } from './glob-program.ts'

/**
 * Matches names against a list of patterns, all at once and without going back: one pass over the characters, with the set of positions
 * in the patterns that what was read so far can lead to. Each set is worked out once and kept, with where each character leads from it,
 * so that names with much in common, as paths have, cost little more than their length, however many patterns there are.
 *
 * A name of n characters costs n · m at worst with patterns of m steps in all. Many names together are bounded by a budget.
 */
export interface NameMatcher {
  /**
   * Whether the last pattern that matches is one without `!`, or all patterns have one and none matches; null if the budget was spent
   * before that was known.
   */
  matches(name: string, budget: StepBudget): boolean | null
}

/** How much work is left. A character costs a step; one that leads to a set which is not known yet costs more, as it takes longer. */
export interface StepBudget {
  left: number
}

interface State {
  readonly positions: Uint16Array
  /** What is true of a name that ends here. */
  readonly answer: boolean
  /** By code point. */
  readonly next: Map<number, State>
}

/** What it costs to work out where a character leads, in steps: measured, a step is 25 ns. */
const newStateSteps = 64
const positionSteps = 3

/** Positions and characters kept, some megabytes. Beyond it all sets are forgotten and worked out anew. */
const maxKept = 100_000

export function createNameMatcher(globs: readonly Glob[]): NameMatcher {
  const program = createGlobProgram(globs)
  const otherwise = globs.every(({ isNegated }) => isNegated)
  const states = new Map<string, State>()
  let keptCount = 0
  let start: State | null = null

  function toState(positions: Uint16Array): State {
    const key = String.fromCharCode(...positions)
    const known = states.get(key)
    if (known !== undefined) return known
    const end = program.endAt(positions)
    const answer = end === null ? otherwise : !end.isNegated
    const state: State = { positions: positions.slice(), answer, next: new Map() }
    states.set(key, state)
    keptCount += positions.length
    return state
  }

  function follow(state: State, code: number): State {
    if (keptCount > maxKept) {
      states.clear()
      start = null
      keptCount = 0
    }
    const next = toState(program.follow(state.positions, code))
    state.next.set(code, next)
    keptCount += 1
    return next
  }

  return {
    matches(name, budget) {
      start ??= toState(program.start())
      let state = start
      for (let at = 0; at < name.length && state.positions.length > 0; ) {
        const code = name.codePointAt(at) ?? 0
        at += code > 0xffff ? 2 : 1
        const known = state.next.get(code)
        budget.left -= known === undefined ? newStateSteps + positionSteps * state.positions.length : 1
        if (budget.left < 0) return null
        state = known ?? follow(state, code)
      }
      return state.answer
    },
  }
}

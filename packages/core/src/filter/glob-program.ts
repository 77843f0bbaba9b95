import { isInSet } from './character-set.ts'
import type { Glob, GlobStep } from './glob.ts'
import { PositionSet } from './position-set.ts'

/**
 * The steps of several patterns one behind the other, each pattern closed by an end. A position is where the reading of a name stands in
 * one of them; what was read so far leads to a set of positions, and the next character leads from there to another.
 */
export interface GlobProgram {
  /** The positions before anything is read. Like those of `follow` ascending, and valid until the next call. */
  start(): Uint16Array
  /** The positions that a character leads to. @param code a code point */
  follow(positions: Uint16Array, code: number): Uint16Array
  /** Of the last pattern that ends at one of the positions, whether it is negated; null if none does. */
  endAt(positions: Uint16Array): { readonly isNegated: boolean } | null
}

type Position = GlobStep | { readonly kind: 'end'; readonly isNegated: boolean }

const slash = 0x2f

export function createGlobProgram(globs: readonly Glob[]): GlobProgram {
  const positions: Position[] = []
  const begins: number[] = []
  for (const { steps, isNegated } of globs) {
    begins.push(positions.length)
    positions.push(...steps, { kind: 'end', isNegated })
  }
  const gathered = new PositionSet(positions.length)

  /** Adds a position, and those that can be reached from it without reading anything. */
  function enter(at: number): void {
    if (!gathered.add(at)) return
    const kind = positions[at]?.kind
    if (kind === 'within-segment' || kind === 'anything' || kind === 'optional') enter(at + 1)
    if (kind === 'optional') enter(at + 2)
  }

  return {
    start() {
      gathered.clear()
      for (const begin of begins) enter(begin)
      return gathered.read()
    },
    follow(from, code) {
      gathered.clear()
      for (const at of from) {
        const step = positions[at]
        if (step !== undefined && isRepeated(step, code)) enter(at)
        if (step !== undefined && isLeft(step, code)) enter(at + 1)
      }
      return gathered.read()
    },
    endAt(reached) {
      for (let index = reached.length - 1; index >= 0; index -= 1) {
        const step = positions[reached[index] ?? 0]
        if (step?.kind === 'end') return step
      }
      return null
    },
  }
}

/** Whether a character may be followed by more of the same step. */
function isRepeated({ kind }: Position, code: number): boolean {
  return kind === 'anything' || kind === 'segments' || (kind === 'within-segment' && code !== slash)
}

/** Whether a character may be the last of a step. Stars are left as they are entered, and so is what is optional. */
function isLeft(step: Position, code: number): boolean {
  switch (step.kind) {
    case 'character':
      return code === step.code
    case 'one':
      return code !== slash
    case 'set':
      return code !== slash && isInSet(step.set, code)
    case 'segments':
      return code === slash
    case 'within-segment':
    case 'anything':
    case 'optional':
    case 'end':
      return false
  }
}

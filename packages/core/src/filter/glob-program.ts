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

  /** Adds where a character leads from a position. */
  function advance(at: number, code: number): void {
    const step = positions[at]
    switch (step?.kind) {
      case 'character':
        if (code === step.code) enter(at + 1)
        return
      case 'one':
        if (code !== slash) enter(at + 1)
        return
      case 'set':
        if (code !== slash && isInSet(step.set, code)) enter(at + 1)
        return
      case 'within-segment':
        if (code !== slash) enter(at)
        return
      case 'anything':
        enter(at)
        return
      case 'segments':
        enter(at)
        if (code === slash) enter(at + 1)
        return
      // An optional step is left as it is entered, and behind an end there is nothing.
      case 'optional':
      case 'end':
      case undefined:
        return
    }
  }

  return {
    start() {
      gathered.clear()
      for (const begin of begins) enter(begin)
      return gathered.read()
    },
    follow(from, code) {
      gathered.clear()
      for (const at of from) advance(at, code)
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

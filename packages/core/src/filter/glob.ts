import { BadGlob } from './bad-glob.ts'
import { type CharacterSet, parseCharacterSet } from './character-set.ts'

/** A pattern for names whose segments are parted by slashes. */
export interface Glob {
  readonly isNegated: boolean
  readonly steps: readonly GlobStep[]
}

/** What a pattern asks for, from the left. Characters are code points. */
export type GlobStep =
  | { readonly kind: 'character'; readonly code: number }
  /** Any character but a slash. */
  | { readonly kind: 'one' }
  | { readonly kind: 'set'; readonly set: CharacterSet }
  /** Any number of characters but slashes. */
  | { readonly kind: 'within-segment' }
  /** Any number of characters. */
  | { readonly kind: 'anything' }
  /** What the next step asks for may be missing. */
  | { readonly kind: 'optional' }
  /** Whole segments, each with its slash. */
  | { readonly kind: 'segments' }

/** Characters with a meaning now or in other tools, where users would wonder in silence. */
const reserved: ReadonlyMap<string, string> = new Map([
  ['{', 'without { and }: write one pattern for each alternative, or escape it as \\{'],
  ['}', 'without { and }: write one pattern for each alternative, or escape it as \\}'],
  [']', 'with each ] closing a [, or escaped as \\]'],
])

/** @throws {BadGlob} with the rule that the text breaks */
export function parseGlob(text: string): Glob {
  const isNegated = text.startsWith('!')
  const characters = Array.from(isNegated ? text.slice(1) : text)
  checkSegments(characters.join(''))
  const steps: GlobStep[] = []
  let at = 0
  while (at < characters.length) {
    const { step, length } = readStep(characters, at)
    steps.push(...step)
    at += length
  }
  return { isNegated, steps }
}

function readStep(
  characters: readonly string[],
  at: number,
): { readonly step: readonly GlobStep[]; readonly length: number } {
  const character = characters[at] ?? ''
  switch (character) {
    case '*':
      return readStars(characters, at)
    case '?':
      return { step: [{ kind: 'one' }], length: 1 }
    case '[': {
      const { set, length } = parseCharacterSet(characters, at)
      if (characters[at + length] === '+') {
        throw new BadGlob('without a + behind a ], since nothing can be repeated; escape it as \\+')
      }
      return { step: [{ kind: 'set', set }], length }
    }
    case '\\': {
      const escaped = characters[at + 1]
      if (escaped === undefined) throw new BadGlob('with a character behind each \\')
      return { step: [toCharacter(escaped)], length: 2 }
    }
    default: {
      const rule = reserved.get(character)
      if (rule !== undefined) throw new BadGlob(rule)
      return { step: [toCharacter(character)], length: 1 }
    }
  }
}

/** Two stars or more cross slashes. As a segment of their own they also stand for no segment at all. */
function readStars(characters: readonly string[], at: number) {
  let end = at
  while (characters[end] === '*') end += 1
  const length = end - at
  if (length === 1) return { step: [{ kind: 'within-segment' as const }], length }
  const isSegment = (at === 0 || characters[at - 1] === '/') && characters[end] === '/'
  if (!isSegment) return { step: [{ kind: 'anything' as const }], length }
  return { step: [{ kind: 'optional' as const }, { kind: 'segments' as const }], length: length + 1 }
}

/** No name has such segments, so a pattern with one would never match. */
function checkSegments(text: string): void {
  if (text === '') throw new BadGlob('with something behind the !')
  const segments = text.split('/')
  if (segments[0] === '') throw new BadGlob('without a / at the start')
  if (segments.at(-1) === '') throw new BadGlob('without a / at the end; /** means all below')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new BadGlob('without segments that are empty, . or ..')
  }
}

function toCharacter(character: string): GlobStep {
  return { kind: 'character', code: character.codePointAt(0) ?? 0 }
}

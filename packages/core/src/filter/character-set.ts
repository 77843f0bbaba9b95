import { BadGlob } from './bad-glob.ts'

/** One character out of some, or any that is none of them; never a slash. */
export interface CharacterSet {
  readonly isNegated: boolean
  /** First and last code point, both included. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

/**
 * Reads `[abc]`, `[a-z]`, `[!a-z]`. What other tools read in ways of their own (a second `[`, a leading `^`) has to be escaped.
 * @param at where the `[` stands
 * @throws {BadGlob}
 */
export function parseCharacterSet(
  characters: readonly string[],
  at: number,
): { readonly set: CharacterSet; readonly length: number } {
  const ranges: (readonly [number, number])[] = []
  const isNegated = characters[at + 1] === '!'
  const begin = at + (isNegated ? 2 : 1)
  if (characters[begin] === '^') throw new BadGlob('with ! and not ^ behind a [, or ^ escaped as \\^')
  let next = begin
  while (characters[next] !== ']') {
    const first = readMember(characters, next)
    next += first.length
    if (characters[next] !== '-' || characters[next + 1] === ']') {
      ranges.push([first.code, first.code])
      continue
    }
    const last = readMember(characters, next + 1)
    next += 1 + last.length
    if (last.code < first.code) throw new BadGlob('with ranges in [] that run upwards, such as a-z')
    ranges.push([first.code, last.code])
  }
  if (ranges.length === 0) throw new BadGlob('with a character in each []')
  return { set: { isNegated, ranges }, length: next + 1 - at }
}

/** @param code a code point, or what `toNameText` makes of a byte that is not UTF-8, which is in no range */
export function isInSet({ isNegated, ranges }: CharacterSet, code: number): boolean {
  const isStray = code >= 0xdc00 && code <= 0xdfff
  return (!isStray && ranges.some(([first, last]) => code >= first && code <= last)) !== isNegated
}

function readMember(characters: readonly string[], at: number) {
  const isEscaped = characters[at] === '\\'
  const character = characters[isEscaped ? at + 1 : at]
  if (character === undefined) throw new BadGlob('with each [ closed by a ], or escaped as \\[')
  if (character === '/') throw new BadGlob('without a / in []')
  if (character === '[' && !isEscaped) throw new BadGlob('with each [ in [] escaped as \\[')
  return { code: character.codePointAt(0) ?? 0, length: isEscaped ? 2 : 1 }
}

import { BadGlob } from './bad-glob.ts'

/** One character out of some, or any that is none of them; never a slash. */
export interface CharacterSet {
  readonly isNegated: boolean
  /** Ascending, with a gap between each and the next. */
  readonly ranges: readonly CodeRange[]
}

/** First and last code point, both included. */
type CodeRange = readonly [first: number, last: number]

/**
 * Reads `[abc]`, `[a-z]`, `[!a-z]`. What other tools read in ways of their own (a second `[`, a leading `^`) has to be escaped.
 * @param at where the `[` stands
 * @throws {BadGlob}
 */
export function parseCharacterSet(
  characters: readonly string[],
  at: number,
): { readonly set: CharacterSet; readonly length: number } {
  const ranges: CodeRange[] = []
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
  return { set: { isNegated, ranges: merge(ranges) }, length: next + 1 - at }
}

/** @param code a code point, or what `toNameText` makes of a byte that is not UTF-8, which is in no range */
export function isInSet({ isNegated, ranges }: CharacterSet, code: number): boolean {
  const isStray = code >= 0xdc00 && code <= 0xdfff
  return (!isStray && isInRanges(ranges, code)) !== isNegated
}

/** By halves, since a place in a pattern costs the same steps however many ranges its set has. */
function isInRanges(ranges: readonly CodeRange[], code: number): boolean {
  let begin = 0
  let end = ranges.length
  while (begin < end) {
    const middle = (begin + end) >>> 1
    const [first, last] = ranges[middle] ?? [0, 0]
    if (code < first) end = middle
    else if (code > last) begin = middle + 1
    else return true
  }
  return false
}

function merge(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const merged: [first: number, last: number][] = []
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = merged.at(-1)
    if (before === undefined || first > before[1] + 1) merged.push([first, last])
    else before[1] = Math.max(before[1], last)
  }
  return merged
}

function readMember(characters: readonly string[], at: number) {
  const isEscaped = characters[at] === '\\'
  const character = characters[isEscaped ? at + 1 : at]
  if (character === undefined) throw new BadGlob('with each [ closed by a ], or escaped as \\[')
  if (character === '/') throw new BadGlob('without a / in []')
  if (character === '[' && !isEscaped) throw new BadGlob('with each [ in [] escaped as \\[')
  return { code: character.codePointAt(0) ?? 0, length: isEscaped ? 2 : 1 }
}

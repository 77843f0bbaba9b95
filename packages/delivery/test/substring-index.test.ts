import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SubstringIndex } from '../src/substring-index.ts'

const few = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 })
const many = fc.string({ unit: 'binary', maxLength: 40 })

/** The units of a text that a pattern covers, each place tried. */
function coverOneByOne(text: string, patterns: readonly string[]): readonly boolean[] {
  const covered = Array.from({ length: text.length }, () => false)
  for (const pattern of patterns) {
    for (let at = 0; pattern !== '' && at + pattern.length <= text.length; at += 1) {
      if (text.startsWith(pattern, at)) covered.fill(true, at, at + pattern.length)
    }
  }
  return covered
}

/** The first place near the end where a pattern begins and breaks off, each place tried. */
function findCutOneByOne(text: string, pattern: string, minCut: number, maxTail: number): number | null {
  for (let at = 0; at < text.length; at += 1) {
    let length = 0
    while (at + length < text.length && text[at + length] === pattern[length] && length < pattern.length) {
      length += 1
    }
    const isCut = length >= minCut && length < pattern.length && at + length >= text.length - maxTail
    if (isCut) return at
  }
  return null
}

test.for([few, many])('finds what a search of every place finds', (strings) => {
  fc.assert(
    fc.property(strings, fc.array(strings), (text, patterns) => {
      const index = new SubstringIndex(text, 0)
      for (const pattern of patterns) index.find(pattern, 1)
      const covered = Array.from({ length: text.length }, () => false)
      index.eachFound((from, to) => void covered.fill(true, from, to))
      expect(covered).toEqual(coverOneByOne(text, patterns))
    }),
    { numRuns: 500 },
  )
})

test.for([few, many])('finds where a pattern breaks off near the end', (strings) => {
  const bound = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(strings, strings, strings, bound, bound, (before, pattern, debris, minCut, maxTail) => {
      const text = `${before}${pattern.slice(0, -1)}${debris}`
      const index = new SubstringIndex(text, maxTail)
      expect(index.find(pattern, minCut)).toBe(findCutOneByOne(text, pattern, minCut, maxTail))
    }),
    { numRuns: 500 },
  )
})

const length = 1_024
const nested = Array.from({ length: 60 }, (_, index) => 'a'.repeat(index + 4))
const hostile: readonly (readonly [what: string, text: string, patterns: readonly string[]])[] = [
  ['one letter', 'a'.repeat(length), nested],
  ['a letter that changes at the end', `${'a'.repeat(length - 1)}b`, nested],
  ['two letters in turn', 'ab'.repeat(length / 2), nested.map((text) => text.replaceAll('aa', 'ab'))],
  ['as many splits as can be', `a${'b'.repeat(length / 2)}${'ab'.repeat(length / 4)}`, nested],
  ['no letter twice', String.fromCharCode(...Array.from({ length }, (_, index) => 0x4e_00 + index)), nested],
  [
    'one letter before each of many',
    Array.from({ length: length / 2 }, (_, index) => `a${String.fromCharCode(0x4e_00 + index)}`).join(''),
    nested,
  ],
]

test.for(hostile)('the work grows with the lengths alone: a text of %s', ([, text, patterns]) => {
  const index = new SubstringIndex(text, 16)
  expect(index.stepCount).toBeLessThanOrEqual(12 * text.length)
  let before = index.stepCount
  for (const pattern of patterns) {
    index.find(pattern, 8)
    expect(index.stepCount - before).toBeLessThanOrEqual(pattern.length)
    before = index.stepCount
  }
  let partCount = 0
  index.eachFound(() => {
    partCount += 1
  })
  expect(index.stepCount - before).toBe(text.length)
  expect(partCount).toBeLessThanOrEqual(text.length)
})

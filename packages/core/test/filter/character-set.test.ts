import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CharacterSet, isInSet, parseCharacterSet } from '../../src/filter/character-set.ts'

function parse(text: string): CharacterSet {
  return parseCharacterSet(Array.from(text), 0).set
}

test.for<[text: string, ranges: readonly string[]]>([
  ['[a]', ['aa']],
  ['[ca]', ['aa', 'cc']],
  ['[c-da-b]', ['ad']],
  ['[a-zc-df]', ['az']],
  ['[b-da-c]', ['ad']],
  ['[aaa]', ['aa']],
  ['[😀a]', ['aa', '😀😀']],
])('%s is kept in ranges that ascend with gaps between them', ([text, ranges]) => {
  const codes = ranges.map((range) => Array.from(range, (character) => character.codePointAt(0)))
  expect(parse(text)).toEqual({ isNegated: false, ranges: codes })
})

test('a character is in a set if it is in one of the ranges that were written', () => {
  const letter = fc.integer({ min: 0x61, max: 0x7a })
  const pair = fc.tuple(letter, letter).map(([a, b]) => (a < b ? [a, b] : [b, a]) as [number, number])
  fc.assert(
    fc.property(
      fc.array(pair, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      letter,
      (pairs, isNegated, code) => {
        const written = pairs.map(([first, last]) => String.fromCodePoint(first, 0x2d, last)).join('')
        const isWritten = pairs.some(([first, last]) => code >= first && code <= last)
        expect(isInSet(parse(`[${isNegated ? '!' : ''}${written}]`), code)).toBe(isWritten !== isNegated)
      },
    ),
  )
})

test('a set of 250 ranges is looked through in eight of them', () => {
  const characters = Array.from({ length: 250 }, (_, index) => String.fromCodePoint(0x2_0000 + 2 * index))
  const { ranges } = parse(`[${characters.join('')}]`)
  let asked = 0
  const counted = new Proxy(ranges, {
    get(target, key, receiver) {
      if (/^\d+$/.test(String(key))) asked += 1
      return Reflect.get(target, key, receiver)
    },
  })
  for (const code of [0x61, 0x2_0000, 0x2_0001, 0x2_01f2, 0x2_01f3, 0x3_0000]) {
    asked = 0
    expect(isInSet({ isNegated: false, ranges: counted }, code)).toBe(code === 0x2_0000 || code === 0x2_01f2)
    expect(asked).toBeLessThanOrEqual(8)
  }
})

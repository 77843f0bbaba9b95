import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toNameText } from '../../src/filter/name-text.ts'

const encoder = new TextEncoder()

test('bytes that are UTF-8 are their text, a byte order mark and U+FFFD included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(toNameText(encoder.encode(text))).toBe(text)
      expect(toNameText(text)).toBe(text)
    }),
  )
  expect(toNameText(encoder.encode('\ufeffa\ufffd'))).toBe('\ufeffa\ufffd')
})

test.for<[title: string, bytes: readonly number[], text: string]>([
  ['Latin-1', [0x61, 0xe9, 0x62], 'a\udce9b'],
  ['the beginning of a character', [0xe2, 0x82], '\udce2\udc82'],
  ['a character behind the beginning of one', [0xe2, 0xc3, 0xa9], '\udce2é'],
  ['a character written too long', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['half a surrogate pair', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  ['beyond the last code point', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  ['bytes that never occur', [0xff, 0xfe], '\udcff\udcfe'],
  ['a stray continuation', [0x80], '\udc80'],
  ['whole characters around it', [0xf0, 0x9f, 0x98, 0x80, 0xff, 0xc3, 0xa9], '😀\udcffé'],
])('bytes that are not are kept apart: %s', ([, bytes, text]) => {
  expect(toNameText(Uint8Array.from(bytes))).toBe(text)
})

test('no two names have the same text', () => {
  const bytes = fc.uint8Array({ maxLength: 6 })
  const near = fc.array(fc.constantFrom(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xff), {
    maxLength: 5,
  })
  fc.assert(
    fc.property(fc.oneof(bytes, near), fc.oneof(bytes, near), (one, other) => {
      const isSame = Buffer.compare(Uint8Array.from(one), Uint8Array.from(other)) === 0
      expect(toNameText(Uint8Array.from(one)) === toNameText(Uint8Array.from(other))).toBe(isSame)
    }),
    { numRuns: 2_000 },
  )
})

test('text that is not Unicode is what its UTF-8 would be', () => {
  expect(toNameText('a\ud800')).toBe('a\ufffd')
})

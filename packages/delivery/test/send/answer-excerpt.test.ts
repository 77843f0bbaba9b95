import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toAnswerExcerpt } from '../../src/send/answer-excerpt.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('no body has no excerpt', () => {
  expect(toAnswerExcerpt(new Uint8Array(), 10)).toBeNull()
})

test('a long body is cut to its beginning', () => {
  expect(toAnswerExcerpt(bytesOf('héllo wörld'), 5)).toBe('héllo')
})

test('a pair of surrogates that the cut parts is replaced', () => {
  expect(toAnswerExcerpt(bytesOf('abc😀'), 4)).toBe('abc\u{FFFD}')
})

test('bytes that are not UTF-8 are replaced', () => {
  expect(toAnswerExcerpt(new Uint8Array([0x61, 0xff, 0x62]), 10)).toBe('a\u{FFFD}b')
})

test('what steers a terminal or ends a text is replaced, and lines stay', () => {
  expect(toAnswerExcerpt(bytesOf('a\u0000\u001b[31m\u009b\n\tb\r\n'), 20)).toBe(
    'a\u{FFFD}\u{FFFD}[31m\u{FFFD}\n\tb\r\n',
  )
})

test('any bytes give well-formed text within the bound', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 64 }), (body, maxLength) => {
      const excerpt = toAnswerExcerpt(body, maxLength) ?? ''
      expect(excerpt.length).toBeLessThanOrEqual(maxLength)
      expect(excerpt.isWellFormed()).toBe(true)
    }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortenText, shortestTextLength } from '../../src/cut/shorten-text.ts'

test.for([
  ['Example', 20, 'Example'],
  ['Example message of a commit', 20, 'Examp… [truncated]'],
  ['Example message of a commit', 15, '… [truncated]'],
  ['1234\u{1f4e8}6789012345678901', 20, '1234… [truncated]'],
  ['123\u{1f4e8}6789012345678901', 20, '123\u{1f4e8}… [truncated]'],
  ['123456789012345', 15, '123456789012345'],
] as const)('%j, cut to %d, is %j', ([text, maxLength, shortened]) => {
  expect(shortenText(text, maxLength)).toBe(shortened)
})

test('A cut text is a beginning of whole code points and the mark, and never takes more bytes than it did', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(text, fc.integer({ min: shortestTextLength, max: 70 }), (whole, maxLength) => {
      const shortened = shortenText(whole, maxLength)
      expect(shortened.length).toBeLessThanOrEqual(maxLength)
      expect(Buffer.byteLength(shortened)).toBeLessThanOrEqual(Buffer.byteLength(whole))
      if (shortened === whole) return
      expect(whole.length).toBeGreaterThan(maxLength)
      expect(shortened.isWellFormed()).toBe(true)
      expect(shortened).toMatch(/… \[truncated\]$/)
      expect(whole.startsWith(shortened.slice(0, -'… [truncated]'.length))).toBe(true)
    }),
  )
})

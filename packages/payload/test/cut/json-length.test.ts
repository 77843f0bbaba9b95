import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonLength } from '../../src/cut/json-length.ts'
import { leastHtmlLength } from '../../src/cut/least-html-length.ts'
import { renderMessage } from '../../src/render-message.ts'
import { toJson } from '../../src/to-json.ts'

const quotes = 2
const bytesOf = (text: string): number => toJson([text]).length - '[]'.length - quotes

const everyUnit = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit))

test('A text takes as JSON what is counted, unless half a surrogate pair stands alone in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(jsonLength(text)).toBe(bytesOf(text))
    }),
  )
})

test('No unit takes less as JSON than is counted, nor more but for half a surrogate pair', () => {
  const wrong = everyUnit.filter((unit) => jsonLength(unit) !== bytesOf(unit) - (unit.isWellFormed() ? 0 : 1))
  expect(wrong).toEqual([])
})

test('No message takes less as HTML than is counted', () => {
  const paragraph = '<p></p>'.length
  const wrong = everyUnit.filter((unit) => {
    const taken = bytesOf(renderMessage(unit))
    return leastHtmlLength(unit) > Math.max(0, taken - paragraph)
  })
  expect(wrong).toEqual([])
  const unit = fc.constantFrom(
    '<',
    '"',
    '&',
    '\\',
    '\n',
    '\r',
    ' ',
    '\t',
    '\b',
    '\0',
    'é',
    '漢',
    '😀',
    '\u2003',
    'a',
  )
  fc.assert(
    fc.property(fc.string({ unit }), (message) => {
      expect(leastHtmlLength(message)).toBeLessThanOrEqual(bytesOf(renderMessage(message)))
    }),
  )
})

test('A message of nothing but markup is counted with all its entities', () => {
  expect(leastHtmlLength(`&<>"'`.repeat(100))).toBe(bytesOf('&amp;&lt;&gt;&quot;&#39;'.repeat(100)))
})

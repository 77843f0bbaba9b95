import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRetryAfter } from '../../src/send/retry-after.ts'

const now = Date.UTC(1994, 10, 6, 8, 49, 0)

test.for<[string, number | null]>([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7_000],
  ['99999999999999999999', Number.MAX_SAFE_INTEGER],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
  ['', null],
  ['-1', null],
  ['1.5', null],
  ['1e3', null],
  ['0x10', null],
  ['soon', null],
  ['1994-11-06T08:49:37Z', null],
  ['Sun, 06 Nov 1994 08:49:37 +0200', null],
  ['Sun, 06 Foo 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 25:49:37 GMT', null],
])('%j means %s ms', ([value, expected]) => {
  expect(parseRetryAfter(429, value, now)).toBe(expected)
  expect(parseRetryAfter(503, value, now)).toBe(expected)
})

test.for([200, 301, 400, 410, 500, 502])('status %i says nothing about when to come back', (status) => {
  expect(parseRetryAfter(status, '120', now)).toBeNull()
})

test('an answer without the header says nothing', () => {
  expect(parseRetryAfter(429, undefined, now)).toBeNull()
})

test('whatever a receiver writes is a number from 0 up or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const parsed = parseRetryAfter(429, value, now)
      expect(parsed === null || (Number.isFinite(parsed) && parsed >= 0)).toBe(true)
    }),
  )
})

import { expect, test } from 'vitest'
import { toIsoSeconds } from '../src/to-iso-seconds.ts'

test.for([
  [0, '1970-01-01T00:00:00+00:00'],
  [Date.UTC(2026, 2, 1, 10, 0, 59), '2026-03-01T10:00:59+00:00'],
  [Date.UTC(2026, 2, 1, 10, 0, 59, 999), '2026-03-01T10:00:59+00:00'],
  [Number.MAX_SAFE_INTEGER, '9999-12-31T23:59:59+00:00'],
  [Number.MIN_SAFE_INTEGER, '0001-01-01T00:00:00+00:00'],
] as const)('%d ms is %s', ([at, text]) => {
  expect(toIsoSeconds(at)).toBe(text)
})

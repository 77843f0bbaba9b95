import { expect, test } from 'vitest'
import { createClockTrust } from '../../src/worker/clock-trust.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Readings as [time passed since the first one, how far the store's clock is off], and what is trusted. */
test.for([
  [
    'a clock that goes as time does',
    [
      [0, 0],
      [minute, 0],
      [5 * day, 0],
    ],
    [true, true, true],
  ],
  [
    'a correction of an hour',
    [
      [0, 0],
      [minute, hour],
    ],
    [true, true],
  ],
  [
    'a clock that is set back, and then right again',
    [
      [0, 0],
      [1, -day],
      [2, 0],
    ],
    [true, true, false],
  ],
  [
    'a leap that is taken back',
    [
      [0, 0],
      [1, 11 * day],
      [2, 11 * day],
      [3, 0],
    ],
    [true, false, false, true],
  ],
  [
    'a leap that holds for ten minutes',
    [
      [0, 0],
      [1, day],
      [10 * minute, day],
      [10 * minute + 1, day],
      [11 * minute, day],
    ],
    [true, false, false, true, true],
  ],
  [
    'a leap that goes on to another one',
    [
      [0, 0],
      [1, day],
      [9 * minute, 2 * day],
      [12 * minute, 2 * day],
      [19 * minute, 2 * day],
    ],
    [true, false, false, false, true],
  ],
  [
    'a leap that is taken back in part',
    [
      [0, 0],
      [1, 2 * day],
      [9 * minute, day],
      [12 * minute, day],
      [19 * minute, day],
    ],
    [true, false, false, false, true],
  ],
  [
    'a second leap after the first one was believed',
    [
      [0, 0],
      [1, day],
      [10 * minute + 1, day],
      [11 * minute, 3 * day],
      [12 * minute, day],
    ],
    [true, false, true, false, true],
  ],
] as const)('%s', ([, readings, trusted]) => {
  const isTrusted = createClockTrust()
  const start = Date.UTC(2026, 0, 1)
  expect(
    readings.map(([passedMs, offMs]) =>
      isTrusted({ storeNow: start + passedMs + offMs, takenAt: 500 + passedMs }),
    ),
  ).toEqual(trusted)
})

import { expect, test } from 'vitest'
import { createClockWatch } from '../../src/worker/clock-watch.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** Readings as [time passed since the first one, how far the store's clock is off], and when the watch tells of a step back. */
test.for([
  [
    'a clock that goes as time does',
    [
      [0, 0],
      [day, 0],
    ],
    [false, false],
  ],
  [
    'a correction of a minute',
    [
      [0, 0],
      [1, -minute],
    ],
    [false, false],
  ],
  [
    'a correction of more',
    [
      [0, 0],
      [1, -minute - 1],
    ],
    [false, true],
  ],
  [
    'a leap and its end',
    [
      [0, 0],
      [1, 10 * day],
      [2, 0],
      [3, 0],
    ],
    [false, false, true, false],
  ],
  [
    'a leap that ends bit by bit',
    [
      [0, day],
      [1, day - minute],
      [2, day - 2 * minute],
    ],
    [false, false, true],
  ],
  [
    'a clock that goes back and on again',
    [
      [0, 0],
      [1, -day],
      [2, 0],
      [3, -day],
    ],
    [false, true, false, true],
  ],
  [
    'a reading that took long to arrive',
    [
      [0, 0],
      [minute, -minute],
      [minute, 0],
    ],
    [false, false, false],
  ],
] as const)('%s', ([, readings, told]) => {
  const isSetBack = createClockWatch()
  const start = Date.UTC(2026, 0, 1)
  expect(
    readings.map(([passedMs, offMs]) =>
      isSetBack({ storeNow: start + passedMs + offMs, takenAt: 500 + passedMs }),
    ),
  ).toEqual(told)
})

import { expect, test } from 'vitest'
import { createClockWatch } from '../../src/worker/clock-watch.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const start = Date.UTC(2026, 0, 1)

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
  const watch = createClockWatch()
  expect(
    readings.map(([passedMs, offMs]) =>
      watch.notice({ storeNow: start + passedMs + offMs, takenAt: 500 + passedMs }),
    ),
  ).toEqual(told)
})

test.for([
  [
    'that was just met',
    [
      [0, 0],
      [hour, 0],
    ],
    false,
  ],
  [
    'that has kept its time for a day',
    [
      [0, 0],
      [day, 0],
    ],
    true,
  ],
  [
    'that was set back',
    [
      [0, 0],
      [day, -day],
      [2 * day - 1, -day],
    ],
    false,
  ],
  [
    'that was set back a day ago',
    [
      [0, 0],
      [day, -day],
      [2 * day, -day],
    ],
    true,
  ],
  [
    'that is back from a leap',
    [
      [0, 0],
      [1, 10 * day],
      [2, 0],
    ],
    true,
  ],
  [
    'that is back from a leap but for an hour',
    [
      [0, 0],
      [1, 10 * day],
      [2, hour],
    ],
    true,
  ],
  [
    'that is back from a leap in two steps',
    [
      [0, 0],
      [1, 10 * day],
      [2, 5 * day],
      [3, 0],
    ],
    true,
  ],
  [
    'that is back from two leaps',
    [
      [0, 0],
      [1, 10 * day],
      [2, 20 * day],
      [3, 0],
    ],
    true,
  ],
  [
    'that is half back from a leap',
    [
      [0, 0],
      [1, 10 * day],
      [2, 5 * day],
    ],
    false,
  ],
  [
    'that is back from a leap of an hour',
    [
      [0, 0],
      [1, 10 * day],
      [hour, 10 * day],
      [hour + 1, 0],
    ],
    false,
  ],
  [
    'that fell below where it leapt from',
    [
      [0, 0],
      [1, 10 * day],
      [2, -hour - 1],
    ],
    false,
  ],
  [
    'that is still ahead',
    [
      [0, 0],
      [1, 10 * day],
    ],
    false,
  ],
] as const)('whether a clock is proven: one %s', ([, readings, isProven]) => {
  const watch = createClockWatch()
  for (const [passedMs, offMs] of readings)
    watch.notice({ storeNow: start + passedMs + offMs, takenAt: 500 + passedMs })
  expect(watch.isProven()).toBe(isProven)
})

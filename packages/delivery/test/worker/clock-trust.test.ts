import { expect, test } from 'vitest'
import { createClockTrust } from '../../src/worker/clock-trust.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const start = Date.UTC(2026, 0, 1)

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
  const { isTrusted } = createClockTrust()
  expect(
    readings.map(([passedMs, offMs]) =>
      isTrusted({ storeNow: start + passedMs + offMs, takenAt: 500 + passedMs }),
    ),
  ).toEqual(trusted)
})

/** Readings as above; of which age, and by how much it is overstated. */
test.for([
  [
    'a clock that goes as time does',
    [
      [0, 0],
      [day, 0],
    ],
    day,
    0,
  ],
  [
    'a correction of an hour',
    [
      [0, 0],
      [1, hour],
    ],
    day,
    0,
  ],
  [
    'a leap that is taken back',
    [
      [0, 0],
      [1, 10 * day],
      [2, 0],
    ],
    day,
    0,
  ],
  [
    'a leap that is in doubt',
    [
      [0, 0],
      [1, 10 * day],
    ],
    day,
    0,
  ],
  [
    'a leap that is believed',
    [
      [0, 0],
      [1, 10 * day],
      [hour, 10 * day],
    ],
    day,
    10 * day,
  ],
  [
    'a leap longer ago than that',
    [
      [0, 0],
      [1, 10 * day],
      [hour, 10 * day],
      [day + 1, 10 * day],
    ],
    day,
    0,
  ],
  [
    'a clock that was set back',
    [
      [0, 0],
      [1, -10 * day],
    ],
    day,
    0,
  ],
  [
    'a clock that was behind',
    [
      [0, 0],
      [1, -10 * day],
      [2, 0],
      [hour, 0],
    ],
    day,
    10 * day,
  ],
  [
    'a clock that was behind long ago',
    [
      [0, 0],
      [1, -10 * day],
      [2, 0],
      [2 * day, 0],
    ],
    day,
    0,
  ],
  [
    'a clock that was believed and set back',
    [
      [0, 0],
      [1, day],
      [hour, day],
      [hour + 1, 0],
    ],
    day,
    0,
  ],
] as const)('how much older things look after %s', ([, readings, withinMs, overstatedMs]) => {
  const trust = createClockTrust()
  for (const [passedMs, offMs] of readings)
    trust.isTrusted({ storeNow: start + passedMs + offMs, takenAt: 500 + passedMs })
  expect(trust.overstatedMs(withinMs)).toBe(overstatedMs)
})

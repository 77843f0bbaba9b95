import { defaultBreakerOptions, nextDelayMs, resolveSchedule } from '@posthorn/core'
import { expect, test } from 'vitest'
import { longestWaits } from '../../src/worker/longest-waits.ts'

const minute = 60_000
const day = 24 * 60 * minute

test.for([
  ['the default: a day, for a `Retry-After`', 'default', [minute, day + minute]],
  ['a list of short waits', { delaysMs: [0, 1_000] }, [minute, day + minute]],
  ['a list that begins with a wait', { delaysMs: [5_000], jitter: 0.2 }, [6_000 + minute, day + minute]],
  ['a list with long waits', { delaysMs: [0, 30 * day], jitter: 0.5 }, [minute, 45 * day + minute]],
] as const)('waits are bounded by the schedule: %s', ([, retry, [maxFirstWaitMs, maxRetryWaitMs]]) => {
  const schedule = resolveSchedule(retry)
  expect(longestWaits(schedule, defaultBreakerOptions)).toMatchObject({ maxFirstWaitMs, maxRetryWaitMs })
  expect(nextDelayMs(schedule, 0, 1)).toBeLessThanOrEqual(maxFirstWaitMs)
  for (const [count] of schedule.delaysMs.slice(1).entries())
    expect(nextDelayMs(schedule, count + 1, 1)).toBeLessThanOrEqual(maxRetryWaitMs)
})

test.for([
  ['a `Retry-After`', {}, day + minute],
  ['its longest wait', { maxWaitMs: 2 * day, jitter: 0.5 }, 3 * day + minute],
  ['its first wait', { initialWaitMs: 2 * day, jitter: 0 }, 2 * day + minute],
] as const)('parkings are bounded by the breaker: %s', ([, changes, maxParkMs]) => {
  const breaker = { ...defaultBreakerOptions, ...changes }
  expect(longestWaits(resolveSchedule('default'), breaker)).toMatchObject({ maxParkMs })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultBreakerOptions } from '../../src/rules/breaker.ts'
import { parseSubscriptionHealth } from '../../src/rules/parse-health.ts'
import { defaultSchedule } from '../../src/rules/schedule.ts'
import {
  type HealthSignal,
  healthySubscription,
  maxLeasedOfSubscription,
  type SubscriptionHealth,
  type SubscriptionHealthStep,
  stepSubscriptionAged,
  stepSubscriptionHealth,
} from '../../src/rules/subscription-health.ts'

const room = 10
const success: HealthSignal = { kind: 'succeeded', room }
const failure = {
  kind: 'failed',
  isRetryable: true,
  isTimeout: false,
  isExhausted: false,
  retryAfterMs: null,
} as const

const step = (health: SubscriptionHealth, signal: HealthSignal): SubscriptionHealthStep =>
  stepSubscriptionHealth(health, signal, defaultBreakerOptions, 0.5)

/** The steps of several attempts, one after the other. */
function run(
  signals: readonly HealthSignal[],
  from = healthySubscription,
): readonly SubscriptionHealthStep[] {
  let health = from
  return signals.map((signal) => {
    const next = step(health, signal)
    health = next.health
    return next
  })
}

const times = (count: number, signal: HealthSignal = failure): readonly HealthSignal[] =>
  Array.from({ length: count }, () => signal)

const healthAfter = (signals: readonly HealthSignal[]): SubscriptionHealth =>
  run(signals).at(-1)?.health ?? healthySubscription

const opened = healthAfter(times(10))
test('deliveries that end by their age count as exhausted while the breaker is open, and only then', () => {
  const aged = (health: SubscriptionHealth, count: number) =>
    stepSubscriptionAged(health, count, defaultBreakerOptions)
  expect(aged(healthyOf(2), 9)).toMatchObject({ health: { exhaustedCount: 2 }, shouldDisable: false })
  expect(aged(opened, 4)).toMatchObject({ health: { ...opened, exhaustedCount: 4 }, shouldDisable: false })
  expect(aged(aged(opened, 4).health, 1)).toMatchObject({
    parkForMs: null,
    change: null,
    shouldDisable: true,
  })
})

function healthyOf(exhaustedCount: number): SubscriptionHealth {
  return { ...healthySubscription, exhaustedCount }
}

const signals = fc.oneof(
  fc.record({ kind: fc.constant('succeeded' as const), room: fc.integer({ min: 1, max: 20 }) }),
  fc.record(
    {
      kind: fc.constant('failed' as const),
      isRetryable: fc.boolean(),
      isTimeout: fc.boolean(),
      isExhausted: fc.boolean(),
      retryAfterMs: fc.option(fc.nat()),
      isProbe: fc.boolean(),
    },
    { requiredKeys: ['kind', 'isRetryable', 'isTimeout', 'isExhausted', 'retryAfterMs'] },
  ),
)

describe('the breaker of a subscription', () => {
  test('opens with the tenth failure in a row, and parks the queue for 10 s', () => {
    const steps = run(times(10))
    expect(steps.slice(0, 9).map(({ change, parkForMs }) => [change, parkForMs])).toEqual(
      Array.from({ length: 9 }, () => [null, null]),
    )
    expect(steps[9]).toMatchObject({
      change: 'opened',
      parkForMs: 10_000,
      health: { phase: { kind: 'open', failedProbeCount: 0 } },
    })
  })

  test('never opens for a lone delivery, which runs its whole schedule', () => {
    const lone = [...times(defaultSchedule.delaysMs.length - 1), { ...failure, isExhausted: true }]
    expect(run(lone).map(({ health, parkForMs }) => [health.phase.kind, parkForMs])).toEqual(
      Array.from({ length: 8 }, () => ['closed', null]),
    )
  })

  test('does not open for failures that a success parts', () => {
    const steps = run([...times(9), success, ...times(9)])
    expect(steps.every(({ change }) => change === null)).toBe(true)
  })

  test('does not count failures of other kinds, nor take them for a success', () => {
    const refusal = { ...failure, isRetryable: false }
    const steps = run([...times(5), ...times(20, refusal), ...times(5)])
    expect(steps.slice(0, -1).every(({ change }) => change === null)).toBe(true)
    expect(steps.at(-1)?.change).toBe('opened')
  })

  test('does not open with a failure of another kind, even if a stored count is already too high', () => {
    const health = { ...healthySubscription, failureCount: 10 }
    expect(step(health, { ...failure, isRetryable: false }).change).toBeNull()
  })

  test('stays open with a probe that fails for any reason, and waits longer', () => {
    for (const isRetryable of [true, false]) {
      expect(step(opened, { ...failure, isRetryable })).toMatchObject({
        change: null,
        parkForMs: 20_000,
        health: { phase: { kind: 'open', failedProbeCount: 1 } },
      })
    }
  })

  test('does not wait longer for attempts that were under way when it opened', () => {
    const straggler = { ...failure, isProbe: false }
    expect(run(times(9, straggler), opened).at(-1)).toMatchObject({
      change: null,
      parkForMs: null,
      health: { phase: { kind: 'open', failedProbeCount: 0 } },
    })
  })

  test('closes with a success, and doubles the slots up to the room', () => {
    const steps = run(times(6, success), opened)
    expect(steps.map(({ change }) => change)).toEqual(['closed', null, null, null, null, null])
    expect(steps.map(({ health }) => maxLeasedOfSubscription(health))).toEqual([1, 2, 4, 8, null, null])
  })

  test('opens again with one failure of a retryable kind while it catches up', () => {
    const [probe] = run([success], opened)
    const catchingUp = probe?.health ?? healthySubscription
    expect(step(catchingUp, failure)).toMatchObject({ change: 'opened', parkForMs: 10_000 })
    expect(step(catchingUp, { ...failure, isRetryable: false })).toMatchObject({
      change: null,
      parkForMs: null,
      health: { phase: { kind: 'catching-up', slotCount: 1 } },
    })
  })
})

describe('a Retry-After', () => {
  test('parks the queue of a breaker that is closed', () => {
    expect(step(healthySubscription, { ...failure, retryAfterMs: 60_000 })).toMatchObject({
      parkForMs: 60_000,
      change: null,
    })
  })

  test.for([
    [5_000, 20_000],
    [90_000, 90_000],
  ] as const)('of %d ms and an open breaker park for the longer time: %d ms', ([retryAfterMs, expected]) => {
    expect(step(opened, { ...failure, retryAfterMs }).parkForMs).toBe(expected)
  })
})

describe('a subscription', () => {
  test('whose attempt timed out gets one slot until it succeeds', () => {
    const slow = healthAfter([{ ...failure, isTimeout: true }, failure])
    expect(maxLeasedOfSubscription(slow)).toBe(1)
    expect(maxLeasedOfSubscription(step(slow, success).health)).toBeNull()
  })

  test('should be disabled when the fifth delivery in a row is exhausted, and with each after that', () => {
    const steps = run(times(6, { ...failure, isExhausted: true }))
    expect(steps.map(({ shouldDisable }) => shouldDisable)).toEqual([false, false, false, false, true, true])
  })

  test('should not be disabled by an attempt that exhausts nothing', () => {
    expect(run([...times(5, { ...failure, isExhausted: true }), failure]).at(-1)?.shouldDisable).toBe(false)
  })

  test('should not be disabled when a success parts the exhausted deliveries', () => {
    const exhausted = times(4, { ...failure, isExhausted: true })
    expect(run([...exhausted, success, ...exhausted]).some(({ shouldDisable }) => shouldDisable)).toBe(false)
  })

  test('is as good as new with a success, but for a breaker that catches up', () => {
    fc.assert(
      fc.property(fc.array(signals, { maxLength: 40 }), (past) => {
        const { health } = step(healthAfter(past), success)
        expect({ ...health, phase: null }).toEqual({ ...healthySubscription, phase: null })
        expect(health.phase.kind).not.toBe('open')
      }),
    )
  })

  test('that never failed stays as it is with a success', () => {
    expect(step(healthySubscription, success)).toEqual({
      health: healthySubscription,
      parkForMs: null,
      change: null,
      shouldDisable: false,
    })
  })

  test('gets through JSON what it is, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(signals, { maxLength: 40 }), (past) => {
        const health = healthAfter(past)
        expect(parseSubscriptionHealth(JSON.parse(JSON.stringify(health)))).toEqual(health)
      }),
    )
  })

  test('is parked by its breaker only while that is open, and never told to wait for no time', () => {
    fc.assert(
      fc.property(fc.array(signals, { maxLength: 40 }), (past) => {
        for (const [index, { health, parkForMs }] of run(past).entries()) {
          const signal = past[index]
          const asked = signal?.kind === 'failed' ? signal.retryAfterMs : null
          if (asked === null && parkForMs !== null) {
            expect(health.phase.kind).toBe('open')
            expect(parkForMs).toBeGreaterThanOrEqual(10_000)
          }
          if (asked !== null) expect(parkForMs).toBeGreaterThanOrEqual(asked)
        }
      }),
    )
  })
})

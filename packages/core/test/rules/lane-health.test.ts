import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultBreakerOptions } from '../../src/rules/breaker.ts'
import {
  healthyLane,
  type LaneFailure,
  type LaneHealth,
  type LaneHealthStep,
  maxLeasedOfLane,
  stepLaneAnswered,
  stepLaneReached,
  stepLaneUnanswered,
} from '../../src/rules/lane-health.ts'
import { parseLaneHealth } from '../../src/rules/parse-health.ts'

const start = 1_790_000_000_000
const windowMs = defaultBreakerOptions.laneWindowMs

const failure = (subscriptionId: string, facts: Partial<LaneFailure> = {}): LaneFailure => ({
  subscriptionId,
  now: start,
  lastAnsweredAt: null,
  subscriptionCount: 10,
  ...facts,
})

/** The steps of failures, one after the other. */
function run(failures: readonly LaneFailure[], from = healthyLane): readonly LaneHealthStep[] {
  let health = from
  return failures.map((facts) => {
    const next = stepLaneUnanswered(health, facts, defaultBreakerOptions, 0.5)
    health = next.health
    return next
  })
}

const changes = (failures: readonly LaneFailure[]) => run(failures).map(({ change }) => change)
const healthAfter = (failures: readonly LaneFailure[]): LaneHealth =>
  run(failures).at(-1)?.health ?? healthyLane
const opened = healthAfter([failure('a'), failure('b'), failure('c')])

describe('a lane opens', () => {
  test('when three subscriptions got no answer within the window, and is parked for 10 s', () => {
    const steps = run([
      failure('a'),
      failure('b', { now: start + 30_000 }),
      failure('c', { now: start + 60_000 }),
    ])
    expect(steps.map(({ change }) => change)).toEqual([null, null, 'opened'])
    expect(steps[2]).toMatchObject({
      parkForMs: 10_000,
      health: { phase: { kind: 'open', failedProbeCount: 0 } },
    })
    expect(steps.slice(0, 2).map(({ parkForMs }) => parkForMs)).toEqual([null, null])
  })

  test('when both of its two subscriptions got no answer', () => {
    const facts = { subscriptionCount: 2 }
    expect(changes([failure('a', facts), failure('b', facts)])).toEqual([null, 'opened'])
  })

  test('when the last answer lies before the window', () => {
    const facts = { lastAnsweredAt: start - windowMs - 1 }
    expect(changes([failure('a', facts), failure('b', facts), failure('c', facts)]).at(-1)).toBe('opened')
  })
})

describe('a lane does not open', () => {
  test('for one subscription that fails again and again', () => {
    expect(changes(Array.from({ length: 50 }, () => failure('a'))).every((change) => change === null)).toBe(
      true,
    )
  })

  test('for two of its three subscriptions', () => {
    const facts = { subscriptionCount: 3 }
    expect(changes([failure('a', facts), failure('b', facts), failure('a', facts)])).toEqual([
      null,
      null,
      null,
    ])
  })

  test.for([0, windowMs, -windowMs])('while an answer came %d ms ago', (ageMs) => {
    const facts = { lastAnsweredAt: start - ageMs }
    expect(changes([failure('a', facts), failure('b', facts), failure('c', facts)])).toEqual([
      null,
      null,
      null,
    ])
  })

  test('for failures that do not lie within one window', () => {
    const failures = ['a', 'b', 'c', 'd'].map((id, index) => failure(id, { now: start + index * 30_001 }))
    expect(changes(failures).every((change) => change === null)).toBe(true)
  })

  test('for failures before and after an answer', () => {
    const { health } = stepLaneAnswered(healthAfter([failure('a'), failure('b')]), 10)
    expect(run([failure('c')], health)[0]?.change).toBeNull()
  })

  test('for failures that a clock which jumped back left in the future', () => {
    const past = start - 2 * windowMs
    expect(changes([failure('a'), failure('b'), failure('c', { now: past })])).toEqual([null, null, null])
  })

  test('with a single subscription, though one that was deleted had failed as well', () => {
    expect(
      changes([failure('deleted', { subscriptionCount: 2 }), failure('a', { subscriptionCount: 1 })]),
    ).toEqual([null, null])
  })

  test('with a single subscription, whatever happened before', () => {
    const failures = fc.array(
      fc.record({
        subscriptionId: fc.constantFrom('a', 'b', 'c', 'd'),
        now: fc.integer({ min: start, max: start + 2 * windowMs }),
        lastAnsweredAt: fc.constant(null),
        subscriptionCount: fc.constant(1),
      }),
    )
    fc.assert(
      fc.property(failures, (past) => {
        expect(changes(past).every((change) => change === null)).toBe(true)
      }),
    )
  })
})

describe('an open lane', () => {
  test('waits twice as long after each probe without an answer', () => {
    const steps = run([failure('a'), failure('a')], opened)
    expect(steps.map(({ parkForMs, change }) => [parkForMs, change])).toEqual([
      [20_000, null],
      [40_000, null],
    ])
    expect(steps.map(({ health }) => maxLeasedOfLane(health))).toEqual([1, 1])
  })

  test('does not wait longer for attempts that were under way when it opened', () => {
    const [step] = run([failure('d', { isProbe: false })], opened)
    expect(step).toEqual({ health: opened, parkForMs: null, change: null })
  })

  test('closes with any answer, and doubles the slots up to the room', () => {
    let health = opened
    const steps = Array.from({ length: 5 }, () => {
      const step = stepLaneAnswered(health, 10)
      health = step.health
      return step
    })
    expect(steps.map(({ change, parkForMs }) => [change, parkForMs])).toEqual([
      ['closed', null],
      [null, null],
      [null, null],
      [null, null],
      [null, null],
    ])
    expect(steps.map((step) => maxLeasedOfLane(step.health))).toEqual([1, 2, 4, 8, null])
    expect(health).toEqual(healthyLane)
  })

  test('that catches up opens again as it did at first, not with a single failure', () => {
    const catchingUp = stepLaneAnswered(opened, 10).health
    expect(run([failure('a'), failure('b'), failure('c')], catchingUp).map(({ change }) => change)).toEqual([
      null,
      null,
      'opened',
    ])
  })
})

test('an answer leaves a healthy lane as it is', () => {
  expect(stepLaneAnswered(healthyLane, 10)).toEqual({ health: healthyLane, parkForMs: null, change: null })
})

test('a lane that was reached catches up, and it takes an answer to let more go at a time', () => {
  const reached = stepLaneReached(opened, 10)
  expect(reached).toMatchObject({
    health: { phase: { kind: 'catching-up', slotCount: 1 } },
    change: 'closed',
  })
  expect(stepLaneReached(reached.health, 10)).toEqual({
    health: reached.health,
    parkForMs: null,
    change: null,
  })
  expect(stepLaneReached(healthyLane, 10).health).toBe(healthyLane)
})

describe('whatever happened, the state', () => {
  const failures = fc.array(
    fc.record({
      subscriptionId: fc.oneof(fc.uuid(), fc.constantFrom('a', 'b', '__proto__', 'constructor')),
      now: fc.integer({ min: start - windowMs, max: start + windowMs }),
      lastAnsweredAt: fc.option(fc.integer({ min: start - windowMs, max: start })),
      subscriptionCount: fc.nat({ max: 5 }),
    }),
    { maxLength: 60 },
  )

  test('comes through JSON as it is', () => {
    fc.assert(
      fc.property(failures, (past) => {
        const health = healthAfter(past)
        expect(parseLaneHealth(JSON.parse(JSON.stringify(health)))).toEqual(health)
      }),
    )
  })

  test('remembers no more failures than can open the lane, the newest', () => {
    fc.assert(
      fc.property(failures, (past) => {
        expect(Object.keys(healthAfter(past).failedAt).length).toBeLessThanOrEqual(3)
      }),
    )
    const facts = { lastAnsweredAt: start }
    const past = ['a', 'b', 'c', 'd'].map((id, index) => failure(id, { ...facts, now: start + index }))
    expect(Object.keys(healthAfter(past).failedAt).sort()).toEqual(['b', 'c', 'd'])
    const again = failure('d', { ...facts, now: start + 4 })
    expect(Object.keys(healthAfter([...past, again]).failedAt).sort()).toEqual(['b', 'c', 'd'])
  })
})

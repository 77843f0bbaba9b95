import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { healthyLane } from '../../src/rules/lane-health.ts'
import { parseLaneHealth, parseSubscriptionHealth } from '../../src/rules/parse-health.ts'
import { healthySubscription } from '../../src/rules/subscription-health.ts'

const foreign = [
  undefined,
  null,
  0,
  Number.NaN,
  '',
  'open',
  true,
  [],
  [{ phase: { kind: 'open' } }],
  {},
  { a: 1 },
]
const unreadablePhases = [
  null,
  'open',
  {},
  { kind: 'half-open' },
  { kind: '__proto__' },
  { kind: 'open' },
  { kind: 'open', failedProbeCount: -1 },
  { kind: 'open', failedProbeCount: 1.5 },
  { kind: 'open', failedProbeCount: '1' },
  { kind: 'catching-up' },
  { kind: 'catching-up', slotCount: 0 },
  { kind: 'catching-up', slotCount: null },
]
const phases = [
  { kind: 'closed' },
  { kind: 'open', failedProbeCount: 0 },
  { kind: 'open', failedProbeCount: 12 },
  { kind: 'catching-up', slotCount: 4 },
]

describe('a foreign state', () => {
  test.for(foreign)('counts as healthy: %o', (value) => {
    expect(parseSubscriptionHealth(value)).toEqual(healthySubscription)
    expect(parseLaneHealth(value)).toEqual(healthyLane)
  })

  test.for(unreadablePhases)('counts as closed with the phase %o', (phase) => {
    expect(parseSubscriptionHealth({ phase })).toEqual(healthySubscription)
    expect(parseLaneHealth({ phase })).toEqual(healthyLane)
  })

  test('of any shape gives a state that comes through JSON as it is', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom(...unreadablePhases, ...phases))
    const state = fc.record(
      { phase: member, failureCount: member, exhaustedCount: member, isSlow: member, failedAt: member },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(state, fc.jsonValue()), (value) => {
        for (const parse of [parseSubscriptionHealth, parseLaneHealth]) {
          const health = parse(JSON.parse(JSON.stringify(value)))
          expect(parse(JSON.parse(JSON.stringify(health)))).toEqual(health)
        }
      }),
    )
  })
})

describe('a state of another version', () => {
  test.for(phases)('keeps the phase %o, though other members are missing', (phase) => {
    expect(parseSubscriptionHealth({ phase })).toEqual({ ...healthySubscription, phase })
    expect(parseLaneHealth({ phase })).toEqual({ ...healthyLane, phase })
  })

  test('loses members that this version does not know', () => {
    const phase = { kind: 'open', failedProbeCount: 1, since: 5 }
    expect(parseSubscriptionHealth({ phase, mood: 'low' })).toEqual({
      ...healthySubscription,
      phase: { kind: 'open', failedProbeCount: 1 },
    })
  })

  test('keeps the counts that can be read', () => {
    const state = { failureCount: 9, exhaustedCount: -1, isSlow: 'yes' }
    expect(parseSubscriptionHealth(state)).toEqual({ ...healthySubscription, failureCount: 9 })
    expect(parseSubscriptionHealth({ exhaustedCount: 4, isSlow: true })).toEqual({
      ...healthySubscription,
      exhaustedCount: 4,
      isSlow: true,
    })
  })

  test('keeps the failures of a lane that can be read', () => {
    const failedAt: unknown = JSON.parse('{ "a": 5, "b": "5", "c": null, "__proto__": 7 }')
    const { failedAt: read } = parseLaneHealth({ failedAt })
    expect(Object.entries(read)).toEqual([
      ['a', 5],
      ['__proto__', 7],
    ])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(parseLaneHealth({ failedAt: [5] })).toEqual(healthyLane)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BreakerPhase,
  defaultBreakerOptions,
  maxLeasedInPhase,
  openBreaker,
  probeFailed,
  succeeded,
} from '../../src/rules/breaker.ts'
import { readTable } from '../samples/read-table.ts'

const random = fc.double({ min: 0, max: 1, noNaN: true })
const middle = 0.5

describe('an open breaker', () => {
  test('waits 10 s for its first probe', () => {
    expect(openBreaker(defaultBreakerOptions, middle)).toEqual({
      phase: { kind: 'open', failedProbeCount: 0 },
      parkForMs: 10_000,
    })
  })

  test('waits twice as long after each failed probe, up to an hour', () => {
    const waits = Array.from(
      { length: 12 },
      (_, count) => probeFailed(count, defaultBreakerOptions, middle).parkForMs,
    )
    expect(waits).toEqual([
      20_000, 40_000, 80_000, 160_000, 320_000, 640_000, 1_280_000, 2_560_000, 3_600_000, 3_600_000,
      3_600_000, 3_600_000,
    ])
  })

  test.for([
    [0, 8_000, 16_000],
    [1, 12_000, 24_000],
  ] as const)(
    'spreads its waits as far as 20 %%: with %d drawn, to %d and %d ms',
    ([drawn, first, second]) => {
      expect(openBreaker(defaultBreakerOptions, drawn).parkForMs).toBe(first)
      expect(probeFailed(0, defaultBreakerOptions, drawn).parkForMs).toBe(second)
    },
  )

  test('spreads no wait by more than 20 %', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), random, (count, drawn) => {
        const exact = probeFailed(count, defaultBreakerOptions, middle).parkForMs ?? Number.NaN
        const wait = probeFailed(count, defaultBreakerOptions, drawn).parkForMs ?? Number.NaN
        expect(wait).toBeGreaterThanOrEqual(exact * 0.8)
        expect(wait).toBeLessThanOrEqual(exact * 1.2)
      }),
    )
  })

  test.for([0, 10_000])(
    'keeps a wait that is a number after thousands of failed probes from %d ms',
    (initialWaitMs) => {
      const options = { ...defaultBreakerOptions, initialWaitMs }
      expect(probeFailed(10_000, options, middle).parkForMs).toBe(initialWaitMs === 0 ? 0 : 3_600_000)
    },
  )

  test('counts its failed probes', () => {
    expect(probeFailed(3, defaultBreakerOptions, middle).phase).toEqual({ kind: 'open', failedProbeCount: 4 })
  })
})

describe('catching up', () => {
  test.for([
    [1, []],
    [2, [1]],
    [3, [1, 2]],
    [4, [1, 2]],
    [10, [1, 2, 4, 8]],
    [16, [1, 2, 4, 8]],
    [17, [1, 2, 4, 8, 16]],
  ] as const)('to a room of %d goes through %o slots and closes', ([room, expected]) => {
    const slots: (number | null)[] = []
    let phase = succeeded({ kind: 'open', failedProbeCount: 3 }, room)
    while (phase.kind !== 'closed') {
      slots.push(maxLeasedInPhase(phase))
      phase = succeeded(phase, room)
    }
    expect(slots).toEqual(expected)
  })

  test('never gives more slots than there is room for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat({ max: 20 }), (room, successCount) => {
        let phase: BreakerPhase = { kind: 'open', failedProbeCount: 0 }
        for (let count = 0; count <= successCount; count += 1) phase = succeeded(phase, room)
        expect(maxLeasedInPhase(phase) ?? room).toBeLessThanOrEqual(room)
      }),
    )
  })
})

test.for([
  [{ kind: 'closed' }, null],
  [{ kind: 'open', failedProbeCount: 7 }, 1],
  [{ kind: 'catching-up', slotCount: 4 }, 4],
] as const)('in phase %o as many may be leased as: %s', ([phase, expected]) => {
  expect(maxLeasedInPhase(phase)).toBe(expected)
})

test('a success changes nothing about a closed breaker', () => {
  expect(succeeded({ kind: 'closed' }, 10)).toEqual({ kind: 'closed' })
})

test('docs/schedule.md shows every option with its default', () => {
  const rows = readTable('schedule.md', '## The numbers are options')
  expect(rows.map(([name, value]) => [name, Number(value)])).toEqual(Object.entries(defaultBreakerOptions))
})

test('the defaults cannot be changed by a host', () => {
  expect(Object.isFrozen(defaultBreakerOptions)).toBe(true)
})

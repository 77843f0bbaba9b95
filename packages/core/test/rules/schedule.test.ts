import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bitbucketCloudSchedule,
  defaultSchedule,
  nextDelayMs,
  type RetryOptions,
  resolveSchedule,
  withJitter,
} from '../../src/rules/schedule.ts'
import { readTable } from '../samples/read-table.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const random = fc.double({ min: 0, max: 1, noNaN: true })
const unitsMs: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 }

/** Such as `27 h 35 min 5 s`; `at once` is nothing. */
function toMs(words: string): number {
  if (words === 'at once') return 0
  const amounts = [...words.matchAll(/(\d+) (s|min|h)\b/g)]
  return amounts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitsMs[unit] ?? Number.NaN), 0)
}

describe('docs/schedule.md', () => {
  test('shows the default schedule, attempt by attempt', () => {
    let sinceEmit = 0
    const rows = defaultSchedule.delaysMs.map((delay, index) => {
      sinceEmit += delay
      return [index + 1, delay, sinceEmit]
    })
    const shown = readTable('schedule.md', '## The default schedule')
    expect(shown.map(([number, wait = '', since = '']) => [Number(number), toMs(wait), toMs(since)])).toEqual(
      rows,
    )
  })
})

describe('the presets', () => {
  test('are found by name, and cannot be changed by a host', () => {
    expect(resolveSchedule('default')).toBe(defaultSchedule)
    expect(resolveSchedule('bitbucketCloud')).toBe(bitbucketCloudSchedule)
    for (const preset of [defaultSchedule, bitbucketCloudSchedule]) {
      expect(Object.isFrozen(preset) && Object.isFrozen(preset.delaysMs)).toBe(true)
    }
  })

  test('of Bitbucket Cloud makes three attempts without a wait, again only after failures of the server', () => {
    expect(bitbucketCloudSchedule).toEqual({
      delaysMs: [0, 0, 0],
      jitter: 0,
      retries: 'none-but-server-failures',
    })
  })
})

describe('a list of the host', () => {
  test('is copied, and exact unless it says otherwise', () => {
    const delaysMs = [0, 250]
    const schedule = resolveSchedule({ delaysMs })
    delaysMs.push(1)
    expect(schedule).toEqual({ delaysMs: [0, 250], jitter: 0, retries: 'by-outcome' })
  })

  test.for([
    { delaysMs: [0], jitter: 0 },
    { delaysMs: Array.from({ length: 100 }, () => 2_592_000_000), jitter: 1 },
    { delaysMs: [0.5], jitter: 0.5 },
  ])('may reach the bounds: %o', (options) => {
    expect(resolveSchedule(options)).toMatchObject(options)
  })

  test.for([
    [undefined, 'retry', 'got undefined'],
    [null, 'retry', 'got null'],
    ['bitbucket', 'retry', 'got a string'],
    ['__proto__', 'retry', 'got a string'],
    [[0, 5_000], 'retry', 'got an array'],
    [5_000, 'retry', 'got a number'],
    [() => [0], 'retry', 'got a function'],
    [{}, 'retry.delaysMs', 'got undefined'],
    [{ delaysMs: null }, 'retry.delaysMs', 'got null'],
    [{ delaysMs: '0' }, 'retry.delaysMs', 'got a string'],
    [{ delaysMs: [] }, 'retry.delaysMs', '1 to 100 delays, got 0'],
    [{ delaysMs: Array.from({ length: 101 }, () => 0) }, 'retry.delaysMs', '1 to 100 delays, got 101'],
    [{ delaysMs: Array.from({ length: 1 }) }, 'retry.delaysMs', 'got undefined'],
    [{ delaysMs: [0, -1] }, 'retry.delaysMs', 'got -1'],
    [{ delaysMs: [Number.NaN] }, 'retry.delaysMs', 'got NaN'],
    [{ delaysMs: [Number.POSITIVE_INFINITY] }, 'retry.delaysMs', 'got Infinity'],
    [{ delaysMs: [2_592_000_001] }, 'retry.delaysMs', 'got 2592000001'],
    [{ delaysMs: ['5000'] }, 'retry.delaysMs', 'got a string'],
    [{ delaysMs: [Object.create(null)] }, 'retry.delaysMs', 'got an object'],
    [{ delaysMs: [1n] }, 'retry.delaysMs', 'got a bigint'],
    [{ delaysMs: [0], jitter: null }, 'retry.jitter', 'got null'],
    [{ delaysMs: [0], jitter: -0.1 }, 'retry.jitter', 'got -0.1'],
    [{ delaysMs: [0], jitter: 1.1 }, 'retry.jitter', 'got 1.1'],
    [{ delaysMs: [0], jitter: Number.NaN }, 'retry.jitter', 'got NaN'],
    [{ delaysMs: [0], jitter: '0.2' }, 'retry.jitter', 'got a string'],
  ] as const)('is refused: %o, naming %s', ([options, field, got]) => {
    const error = thrownBy(() => resolveSchedule(options as RetryOptions))
    expect(error).toMatchObject({ code: 'option.invalid', field })
    expect(error.message).toContain(`\`${field}\``)
    expect(error.message).toContain(got)
  })

  test('is refused with an option that does not exist', () => {
    const options = { delaysMs: [0], maxAttempts: 3 }
    const error = thrownBy(() => resolveSchedule(options))
    expect(error.code).toBe('option.unknown')
    expect(error.message).toContain('`maxAttempts`')
  })
})

describe('the wait before an attempt', () => {
  test('is the delay of its step, spread by the jitter in whole ms', () => {
    const step = fc.nat({ max: defaultSchedule.delaysMs.length - 1 })
    fc.assert(
      fc.property(step, random, (count, drawn) => {
        const delay = defaultSchedule.delaysMs[count] ?? Number.NaN
        const wait = nextDelayMs(defaultSchedule, count, drawn) ?? Number.NaN
        expect(Number.isInteger(wait)).toBe(true)
        expect(wait).toBeGreaterThanOrEqual(delay * 0.8)
        expect(wait).toBeLessThanOrEqual(delay * 1.2)
      }),
    )
  })

  test.for([
    [0, 800],
    [0.25, 900],
    [0.5, 1_000],
    [1, 1_200],
  ] as const)('with %d drawn is %d of 1,000 ms ± 20 %%', ([drawn, expected]) => {
    expect(withJitter(1_000, 0.2, drawn)).toBe(expected)
  })

  test('lies within the jitter of any own list, and there is none after the last step', () => {
    const delaysMs = fc.array(fc.integer({ min: 0, max: 2_592_000_000 }), { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(delaysMs, random, random, (list, jitter, drawn) => {
        const schedule = resolveSchedule({ delaysMs: list, jitter })
        for (const [count, delay] of list.entries()) {
          const wait = nextDelayMs(schedule, count, drawn) ?? Number.NaN
          expect(Math.abs(wait - delay)).toBeLessThanOrEqual(delay * jitter + 1)
          expect(wait).toBeGreaterThanOrEqual(0)
        }
        expect(nextDelayMs(schedule, list.length, drawn)).toBeNull()
      }),
    )
  })

  test('adds up to 27 h 35 min 5 s ± 20 % over the default schedule', () => {
    const draws = fc.array(random, { minLength: 8, maxLength: 8 })
    const totalMs = toMs('27 h 35 min 5 s')
    fc.assert(
      fc.property(draws, (drawn) => {
        const sum = drawn.reduce(
          (total, draw, count) => total + (nextDelayMs(defaultSchedule, count, draw) ?? 0),
          0,
        )
        expect(Math.abs(sum - totalMs)).toBeLessThanOrEqual(totalMs * 0.2)
      }),
    )
  })
})

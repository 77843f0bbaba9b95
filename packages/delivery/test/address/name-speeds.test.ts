import { describe, expect, test } from 'vitest'
import { createNameSpeeds } from '../../src/address/name-speeds.ts'

const minute = 60_000
const hour = 60 * minute

function open(maxCount = 100) {
  const clock = { now: 1_000 }
  const speeds = createNameSpeeds(maxCount, () => clock.now)
  /** A name that was quick, and hangs. */
  const hang = (host: string): void => {
    speeds.hangs(host)
    speeds.remember(host, 'slow')
  }
  return { clock, speeds, hang }
}

test('a name is as quick as its last look-up was', () => {
  const { speeds } = open()
  expect([speeds.of('a.example'), speeds.hasQuick]).toEqual(['unknown', false])
  speeds.remember('a.example', 'quick')
  expect([speeds.of('a.example'), speeds.hasQuick]).toEqual(['quick', true])
  speeds.remember('a.example', 'slow')
  expect([speeds.of('a.example'), speeds.hasQuick]).toEqual(['slow', false])
})

test('beyond the bound the name that was looked up longest ago is forgotten', () => {
  const { speeds } = open(2)
  for (const host of ['a.example', 'b.example', 'a.example', 'c.example']) speeds.remember(host, 'quick')
  expect(['a.example', 'b.example', 'c.example'].map((host) => speeds.of(host))).toEqual([
    'quick',
    'unknown',
    'quick',
  ])
  speeds.remember('d.example', 'slow')
  speeds.remember('e.example', 'slow')
  expect(speeds.hasQuick).toBe(false)
})

describe('of a domain', () => {
  const names = ['1.evil.example', '2.evil.example', '3.evil.example']

  function learn() {
    const opened = open()
    for (const host of [...names, 'ci.good.example']) opened.speeds.remember(host, 'quick')
    return opened
  }

  test('one name that hangs is slow, and no other', () => {
    const { speeds, hang } = learn()
    hang('1.evil.example')
    expect(names.map((host) => speeds.of(host))).toEqual(['slow', 'quick', 'quick'])
  })

  test('two that hang make all slow for a minute, new ones too, and nobody else', () => {
    const { clock, speeds, hang } = learn()
    hang('1.evil.example')
    hang('2.evil.example')
    expect([...names, 'new.evil.example'].map((host) => speeds.of(host))).toEqual([
      'slow',
      'slow',
      'slow',
      'slow',
    ])
    expect(speeds.of('ci.good.example')).toBe('quick')
    speeds.remember('3.evil.example', 'quick')
    clock.now += minute - 1
    expect(speeds.of('3.evil.example')).toBe('slow')
    clock.now += 1
    expect([...names, 'new.evil.example'].map((host) => speeds.of(host))).toEqual([
      'slow',
      'slow',
      'quick',
      'unknown',
    ])
  })

  test('each further one makes them slow for twice as long, up to an hour', () => {
    const { clock, speeds, hang } = learn()
    hang('1.evil.example')
    const minutes = [1, 2, 4, 8, 16, 32, 60, 60]
    for (const count of minutes) {
      hang('2.evil.example')
      clock.now += count * minute - 1
      expect(speeds.of('3.evil.example')).toBe('slow')
      clock.now += 1
      expect(speeds.of('3.evil.example')).toBe('quick')
    }
  })

  test('what hung is forgotten an hour later', () => {
    const { clock, speeds, hang } = learn()
    hang('1.evil.example')
    clock.now += hour
    hang('2.evil.example')
    expect(speeds.of('3.evil.example')).toBe('quick')
  })

  test('no name counts as quick while it is suspended', () => {
    const { clock, speeds, hang } = open()
    for (const host of names) speeds.remember(host, 'quick')
    hang('1.evil.example')
    hang('2.evil.example')
    expect(speeds.hasQuick).toBe(false)
    clock.now += minute
    expect(speeds.hasQuick).toBe(true)
  })
})

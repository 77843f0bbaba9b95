import { expect, test } from 'vitest'
import type { ExchangePhase } from '../../src/send/exchange-phase.ts'
import { createPhaseTimes } from '../../src/send/phase-times.ts'

/** Begins phases at the times given, and reads at the time given. */
function timesOf(begun: readonly (readonly [ExchangePhase, number])[], readAt: number, hasLookUp = true) {
  let now = 0
  const times = createPhaseTimes(hasLookUp, () => now)
  for (const [phase, at] of begun) {
    now = at
    times.begin(phase)
  }
  now = readAt
  const { lookUpMs, connectMs, tlsMs } = times.read()
  return [lookUpMs, connectMs, tlsMs]
}

test('a phase lasts until the next begins', () => {
  const direct = [
    ['look-up', 100],
    ['connect', 110],
    ['tls', 130],
    ['exchange', 170],
  ] as const
  expect(timesOf(direct, 999)).toEqual([10, 20, 40])
  expect(timesOf(direct, 999, false)).toEqual([null, 20, 40])
})

test('without TLS, connecting lasts until the exchange', () => {
  expect(
    timesOf(
      [
        ['look-up', 100],
        ['connect', 110],
        ['exchange', 130],
      ],
      999,
    ),
  ).toEqual([10, 20, null])
})

test('the last phase that began lasts until now', () => {
  expect(timesOf([], 50)).toEqual([null, null, null])
  expect(timesOf([['look-up', 100]], 150)).toEqual([50, null, null])
  expect(
    timesOf(
      [
        ['look-up', 100],
        ['connect', 110],
        ['tls', 130],
      ],
      150,
    ),
  ).toEqual([10, 20, 20])
})

test('the way through a proxy is part of connecting', () => {
  const proxied = [
    ['proxy', 100],
    ['connect', 115],
    ['tls', 145],
    ['exchange', 150],
  ] as const
  expect(timesOf(proxied, 999, false)).toEqual([null, 45, 5])
  expect(timesOf(proxied.slice(0, 1), 120, false)).toEqual([null, 20, null])
})

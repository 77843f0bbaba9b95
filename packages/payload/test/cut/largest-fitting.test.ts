import fc from 'fast-check'
import { expect, test } from 'vitest'
import { largestFitting } from '../../src/cut/largest-fitting.ts'

test('The largest limit that fits is found in as many tries as the range has binary digits', () => {
  const range = fc.record({ min: fc.nat(50), count: fc.nat(1_000), fitting: fc.nat(1_100) })
  fc.assert(
    fc.property(range, ({ min, count, fitting }) => {
      let tries = 0
      const result = resultOf(
        largestFitting(min, min + count, (limit) => {
          tries += 1
          return limit <= fitting ? limit : null
        }),
      )
      expect(result).toBe(fitting < min ? null : Math.min(fitting, min + count))
      expect(tries).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(count + 1)))
    }),
  )
})

test('In an empty range nothing is tried', () => {
  expect(resultOf(largestFitting(1, 0, (limit) => limit))).toBeNull()
})

test('Other work has its turn after each try', () => {
  let tries = 0
  const turns = largestFitting(1, 100, (limit) => {
    tries += 1
    return limit <= 40 ? limit : null
  })
  let turnCount = 0
  for (const nothing of turns) {
    turnCount += 1
    expect([nothing, tries]).toEqual([null, turnCount])
  }
  expect(tries).toBe(turnCount)
})

function resultOf<Result>(turns: Generator<null, Result>): Result {
  let turn = turns.next()
  while (turn.done !== true) turn = turns.next()
  return turn.value
}

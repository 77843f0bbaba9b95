import fc from 'fast-check'
import { expect, test } from 'vitest'
import { largestFitting } from '../../src/cut/largest-fitting.ts'

test('The largest limit that fits is found in as many tries as the range has binary digits', () => {
  const range = fc.record({ min: fc.nat(50), count: fc.nat(1_000), fitting: fc.nat(1_100) })
  fc.assert(
    fc.property(range, ({ min, count, fitting }) => {
      let tries = 0
      const result = largestFitting(min, min + count, (limit) => {
        tries += 1
        return limit <= fitting ? limit : null
      })
      expect(result).toBe(fitting < min ? null : Math.min(fitting, min + count))
      expect(tries).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(count + 1)))
    }),
  )
})

test('In an empty range nothing is tried', () => {
  expect(largestFitting(1, 0, (limit) => limit)).toBeNull()
})

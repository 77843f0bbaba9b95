import { expect, test } from 'vitest'
import { isZeroId } from '../../src/event/push-event.ts'

test.for([
  ['0'.repeat(40), true],
  ['0'.repeat(64), true],
  [`${'0'.repeat(39)}1`, false],
  ['', false],
] as const)('whether %s is the id of nothing: %s', ([id, expected]) => {
  expect(isZeroId(id)).toBe(expected)
})

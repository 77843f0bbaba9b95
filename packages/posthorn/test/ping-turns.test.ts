import { StateError } from '@posthorn/core'
import { expect, test } from 'vitest'
import { checkInterval } from '../src/ping-turns.ts'

test('one ping of a subscription passes within 5 seconds', () => {
  expect(() => checkInterval('a', 0)).toThrow(StateError)
  expect(() => checkInterval('a', 4_999)).toThrow(expect.objectContaining({ code: 'ping.rate-limited' }))
  expect(() => checkInterval('a', 5_000)).not.toThrow()
})

test('a ping in the future, which a clock that was set back makes of one, keeps none from passing', () => {
  expect(() => checkInterval('a', -1)).not.toThrow()
})

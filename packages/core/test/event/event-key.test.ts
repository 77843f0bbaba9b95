import { expect, test } from 'vitest'
import { eventKeys, isEventKey } from '../../src/event/event-key.ts'

test('there are 29 keys, none twice', () => {
  expect(new Set(eventKeys).size).toBe(29)
})

test.for(eventKeys)('%s is a key', (key) => {
  expect(isEventKey(key)).toBe(true)
})

test.for([
  'host',
  '__proto__',
  'constructor',
  'toString',
  'length',
  '0',
  '',
  'REPO:PUSH',
  'repo:push ',
  'repo:*',
  'pullrequest:merged',
  0,
  null,
  undefined,
  ['repo:push'],
  { toString: () => 'repo:push' },
])('%o is no key', (value) => {
  expect(isEventKey(value)).toBe(false)
})

import { describe, expect, test } from 'vitest'
import { parseBoolean, parseInteger, parseMembers, parseNumber } from '../src/option-values.ts'
import { thrownBy } from './samples/thrown-by.ts'

const range = { min: 1, max: 10 }

test('a value within its range is given back', () => {
  expect(parseInteger('count', 10, range)).toBe(10)
  expect(parseNumber('jitter', 1.5, range)).toBe(1.5)
  expect(parseBoolean('active', false)).toBe(false)
})

describe('a value that breaks its rule is refused with its name, the rule and what it was', () => {
  test.for([
    [() => parseInteger('count', 0, range), 'Expected `count` to be an integer from 1 to 10, got 0.'],
    [() => parseInteger('count', 1.5, range), 'Expected `count` to be an integer from 1 to 10, got 1.5.'],
    [
      () => parseInteger('count', '3', range),
      'Expected `count` to be an integer from 1 to 10, got a string.',
    ],
    [
      () => parseInteger('count', Number.NaN, range),
      'Expected `count` to be an integer from 1 to 10, got NaN.',
    ],
    [
      () => parseInteger('count', -1, { min: 0, max: Number.MAX_SAFE_INTEGER }),
      'Expected `count` to be an integer from 0 up, got -1.',
    ],
    [
      () => parseNumber('jitter', Number.NaN, range),
      'Expected `jitter` to be a number from 1 to 10, got NaN.',
    ],
    [() => parseBoolean('active', 'no'), 'Expected `active` to be true or false, got a string.'],
    [() => parseMembers('site', null, []), 'Expected `site` to be an object, got null.'],
    [
      () => parseMembers('', new Map([['b', 1]]), ['b']),
      'Expected `options` to be a plain object, got an instance of a class.',
    ],
    [
      () => parseMembers('site', Object.create({ b: 1 }), ['b']),
      'Expected `site` to be a plain object, got an instance of a class.',
    ],
    [() => parseMembers('', [], []), 'Expected `options` to be an object, got an array.'],
    [() => parseMembers('site', { a: 1 }, ['b', 'c']), 'Unknown option `a` in `site`. Known: b, c.'],
    [() => parseMembers('', { a: 1 }, ['b']), 'Unknown option `a`. Known: b.'],
  ] as const)('%#', ([parse, message]) => {
    expect(parse).toThrow(message)
  })
})

test('members that are undefined count as absent', () => {
  expect(parseMembers('', { a: undefined, b: null }, ['a', 'b'])).toEqual({ b: null })
})

test('an object that cannot be read is refused, with what it threw as the cause', () => {
  const cause = new Error('not today')
  const throwing = {
    get depth() {
      throw cause
    },
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(thrownBy(() => parseMembers('', throwing, ['depth']))).toMatchObject({
    code: 'option.invalid',
    field: 'options',
    cause,
  })
  expect(thrownBy(() => parseMembers('limits', proxy, ['depth']))).toMatchObject({
    code: 'option.invalid',
    field: 'limits',
  })
})

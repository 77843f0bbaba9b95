import { expect, test } from 'vitest'
import { describeName, describeType, describeUnlessText, describeValue } from '../src/describe-value.ts'

test.for([
  ['a\nb', '"a\\nb"'],
  [Number.NaN, 'NaN'],
  [1.5, '1.5'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [['token'], 'an array'],
  [{ secret: 'token' }, 'an object'],
  [Object.create(null), 'an object'],
  [() => 'token', 'a function'],
  [10n ** 1_000n, 'a bigint'],
  [Symbol('token'), 'a symbol'],
] as const)('describes %o as %s', ([value, expected]) => {
  expect(describeValue(value)).toBe(expected)
})

test('shows the beginning of a long text', () => {
  expect(describeValue('x'.repeat(1_000))).toBe(`"${'x'.repeat(60)}…"`)
})

test('runs nothing of an object to describe it', () => {
  const trap = {
    toString: () => expect.fail('called'),
    toJSON: () => expect.fail('called'),
    [Symbol.toPrimitive]: () => expect.fail('called'),
  }
  expect(describeValue(trap)).toBe('an object')
})

test.for(['token', 42, true])('tells only the type of %o where values must not be shown', (value) => {
  expect(describeType(value)).toBe(`a ${typeof value}`)
})

test.for([
  ['token', 'a string'],
  [42, '42'],
  [false, 'false'],
  [null, 'null'],
  [['token'], 'an array'],
] as const)('shows numbers and no texts of options: %o', ([value, expected]) => {
  expect(describeUnlessText(value)).toBe(expected)
})

test.for([
  ['maxPerDisabledSubscriptions', '`maxPerDisabledSubscriptions`'],
  ['bitbucket-server-post-recieve', '`bitbucket-server-post-recieve`'],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '(name not shown)'],
  ['f'.repeat(32), '(name not shown)'],
  ['a b', '(name not shown)'],
  ['', '(name not shown)'],
] as const)('shows the name %j as %s', ([name, expected]) => {
  expect(describeName(name)).toBe(expected)
})

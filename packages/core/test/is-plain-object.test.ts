import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { isPlainObject } from '../src/is-plain-object.ts'

test.for<[what: string, value: unknown, isPlain: boolean]>([
  ['a literal', {}, true],
  ['one of another realm', runInNewContext('({})'), true],
  ['one without a prototype', Object.create(null), true],
  ['an array', [], false],
  ['an array of another realm', runInNewContext('[]'), false],
  ['null', null, false],
  ['a function', () => {}, false],
  ['a map', new Map(), false],
  ['an object that inherits from a literal', Object.create({ a: 1 }), false],
  ['a proxy that was revoked', revoked({}), false],
  ['one of an array', revoked([]), false],
  ['a proxy whose prototype throws', new Proxy({}, { getPrototypeOf: trap }), false],
  ['an object that inherits from a revoked proxy', Object.create(revoked({})), false],
])('%s', ([, value, isPlain]) => {
  expect(isPlainObject(value)).toBe(isPlain)
})

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function trap(): never {
  throw new Error('trapped')
}

import { resolve } from 'node:path'
import { InvalidInputError } from '@posthorn/core'
import { expect, test } from 'vitest'
import { createSqliteStore, type SqliteStoreOptions } from '../src/index.ts'
import { resolveOptions } from '../src/options.ts'

test('defaults are durable, and a relative path is that of the moment', () => {
  expect(resolveOptions({ location: 'a.db' })).toEqual({
    location: resolve('a.db'),
    synchronous: 'full',
    busyTimeoutMs: 5_000,
  })
})

test.for([
  ['location', ''],
  ['location', ':memory:'],
  ['location', 'file:a.db?mode=ro'],
  ['location', 'a\0b'],
  ['location', 5],
  ['synchronous', 'off'],
  ['busyTimeoutMs', -1],
  ['busyTimeoutMs', 0.5],
  ['busyTimeoutMs', 60_001],
] as const)('%s = %j is refused, by name', ([field, value]) => {
  const options = { location: 'a.db', [field]: value }
  expect(() => createSqliteStore(options)).toThrow(
    expect.objectContaining({
      code: 'option.invalid',
      field,
      message: expect.stringContaining(`\`${field}\``),
    }),
  )
})

test.for(['journal', 'toString', 'constructor'])('an option that does not exist is refused: %s', (field) => {
  const options = { location: 'a.db', [field]: 'delete' }
  expect(() => createSqliteStore(options)).toThrow(expect.objectContaining({ code: 'option.unknown', field }))
})

test('what is no options object is refused', () => {
  const options: unknown = null
  expect(() => createSqliteStore(options as SqliteStoreOptions)).toThrow(
    expect.objectContaining({ code: 'option.invalid', field: 'options' }),
  )
})

test.for([
  [undefined, 'options'],
  [null, 'options'],
  ['a secret in the wrong place', 'options'],
  [{}, 'location'],
  [{ location: 'file:a-secret-in-the-wrong-place' }, 'location'],
  [{ location: 'a.db', synchronous: 'a-secret-in-the-wrong-place' }, 'synchronous'],
  [{ location: 'a.db', busyTimeoutMs: 'a-secret-in-the-wrong-place' }, 'busyTimeoutMs'],
  [{ location: 'a.db', 'a-secret-in-the-wrong-place-of-a-name': 1 }, 'options'],
] as const)('%j is refused by name, and nothing that was given is shown', ([options, field]) => {
  const refused = () => createSqliteStore(options as unknown as SqliteStoreOptions)
  expect(refused).toThrow(InvalidInputError)
  expect(refused).toThrow(expect.objectContaining({ field, message: expect.not.stringContaining('secret') }))
})

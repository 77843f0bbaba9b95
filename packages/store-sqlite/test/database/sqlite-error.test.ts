import { StoreError } from '@posthorn/core'
import { expect, test } from 'vitest'
import { DamagedValueError } from '../../src/database/damaged-value-error.ts'
import { isOfOneOperation, toStoreError } from '../../src/database/sqlite-error.ts'

const sqliteError = (errcode: number) => Object.assign(new Error('what SQLite says'), { errcode })

test.for([
  [5, 'store.busy', true],
  [517, 'store.busy', true],
  [6, 'store.busy', true],
  [8, 'store.read-only', false],
  [1032, 'store.failed', false],
  [11, 'store.corrupt', false],
  [26, 'store.corrupt', false],
  [13, 'store.disk-full', false],
  [14, 'store.failed', false],
  [778, 'store.failed', false],
  [19, 'store.failed', false],
] as const)('SQLite %i is %s', ([errcode, code, isTransient]) => {
  const cause = sqliteError(errcode)
  expect(toStoreError(cause, '/a.db')).toMatchObject({ name: 'StoreError', code, isTransient, cause })
  expect(toStoreError(cause, '/a.db').message).toContain(`(SQLite ${errcode})`)
})

test.for([
  ['a constraint', sqliteError(2067), true],
  ['a value that is too large', sqliteError(18), true],
  ['a mistake in our own code', new TypeError('x'), true],
  ['a refusal', new StoreError({ code: 'store.failed', message: 'x' }), true],
  ['a damaged value', new DamagedValueError('settings'), true],
  ['a full disk', sqliteError(13), false],
  ['an error of the disk', sqliteError(778), false],
  ['a damaged file', sqliteError(11), false],
  ['a value that the schema does not allow', new StoreError({ code: 'store.corrupt', message: 'x' }), false],
] as const)('%s concerns one operation: %s', ([, error, expected]) => {
  expect(isOfOneOperation(error)).toBe(expected)
})

test('of an error that is not of SQLite the message does not tell what it was about', () => {
  const { message, code } = toStoreError(new SyntaxError('Unexpected token in "hunter2"'), '/a.db')
  expect(code).toBe('store.failed')
  expect(message).toContain('SyntaxError')
  expect(message).not.toContain('hunter2')
})

import { describe, expect, test } from 'vitest'
import { errorCodes } from '../src/error-codes.ts'
import {
  InvalidInputError,
  LimitReachedError,
  NotFoundError,
  PosthornError,
  StateError,
  StoreError,
} from '../src/errors.ts'
import { readTable } from './samples/read-table.ts'

const facts = { message: 'What happened.', cause: new Error('why') }

describe('every error', () => {
  test.for([
    new InvalidInputError({ ...facts, code: 'subscription.invalid', field: 'title' }),
    new LimitReachedError({ ...facts, limit: 50, count: 50 }),
    new NotFoundError({ ...facts, code: 'delivery.not-found', id: '7' }),
    new StateError({ ...facts, code: 'emitter.stopped' }),
    new StoreError({ ...facts, code: 'store.failed' }),
  ])('is a PosthornError with a documented code and the name of its class: %s', (error) => {
    expect(error).toBeInstanceOf(PosthornError)
    expect(error).toBeInstanceOf(Error)
    expect(Object.keys(errorCodes)).toContain(error.code)
    expect(error.name).toBe(error.constructor.name)
    expect(error.message).toBe('What happened.')
  })

  test('keeps its cause', () => {
    expect(new StoreError({ ...facts, code: 'store.failed' }).cause).toBe(facts.cause)
  })

  test('has no cause if it was given none', () => {
    expect('cause' in new StateError({ code: 'emitter.stopped', message: '' })).toBe(false)
  })

  test('carries its facts as fields', () => {
    expect(new InvalidInputError({ ...facts, code: 'event.invalid', field: 'id' }).field).toBe('id')
    expect(new LimitReachedError({ message: '', limit: 5, count: 6 })).toMatchObject({
      code: 'subscription.limit-reached',
      limit: 5,
      count: 6,
    })
    expect(new NotFoundError({ ...facts, code: 'subscription.not-found', id: '7' }).id).toBe('7')
  })
})

test('docs/errors.md lists every code with its sentence, in the same order, and nothing else', () => {
  expect(readTable('errors.md', '## Codes')).toEqual(Object.entries(errorCodes))
})

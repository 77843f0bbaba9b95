import { InvalidInputError } from '@posthorn/core'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../src/index.ts'

test.for([
  { maxPendingDeliveries: 0 },
  { maxPendingDeliveries: 1.5 },
  { maxBodyBytes: -1 },
  { maxFinishedDeliveries: Number.NaN },
  { maxEvents: 0 },
])('%o is refused, with the name of the option', (options) => {
  const [field] = Object.keys(options)
  expect(() => createMemoryStore(options)).toThrow(
    expect.objectContaining({ name: InvalidInputError.name, code: 'option.invalid', field }),
  )
})

test('the message says what was expected and what was got', () => {
  expect(() => createMemoryStore({ maxEvents: 0 })).toThrow(
    'Expected `maxEvents` to be an integer from 1 up, got 0',
  )
})

test('no options are needed, and no history may be wanted', () => {
  expect(() => createMemoryStore()).not.toThrow()
  expect(() => createMemoryStore({ maxFinishedDeliveries: 0 })).not.toThrow()
})

test('an option that does not exist is refused', () => {
  const options = { maxEvents: 3, maxPendin: 3 }
  expect(() => createMemoryStore(options)).toThrow(
    expect.objectContaining({ code: 'option.unknown', field: 'maxPendin' }),
  )
})

import { runInNewContext } from 'node:vm'
import { createActivity } from '@posthorn/delivery'
import { expect, test } from 'vitest'
import { createListeners } from '../src/listeners.ts'

const finished = { deliveryId: 'd', subscriptionId: 's', state: 'delivered', reason: null } as const

test('every listener of an event is told, and one that left is not', () => {
  const listeners = createListeners(createActivity())
  const told: string[] = []
  const first = () => void told.push('first')
  listeners.on('delivered', first)
  listeners.on('delivered', ({ deliveryId }) => void told.push(deliveryId))
  listeners.on('exhausted', () => void told.push('exhausted'))
  listeners.tell('delivered', finished)
  listeners.off('delivered', first)
  listeners.tell('delivered', finished)
  expect(told).toEqual(['first', 'd', 'd'])
})

test('a name that no event has is refused', () => {
  const listeners = createListeners(createActivity())
  expect(() => listeners.on('deliverd' as never, () => {})).toThrow('attempted, delivered')
})

test('a listener that throws is reported and disturbs nobody', () => {
  const listeners = createListeners(createActivity())
  const errors: unknown[] = []
  const told: string[] = []
  listeners.on('listener-error', ({ event, error }) => void errors.push([event, String(error)]))
  listeners.on('delivered', () => {
    throw new Error('no')
  })
  listeners.on('delivered', () => void told.push('second'))
  listeners.tell('delivered', finished)
  expect(told).toEqual(['second'])
  expect(errors).toEqual([['delivered', 'Error: no']])
})

test('a promise of another library that rejects is reported too', async () => {
  const listeners = createListeners(createActivity())
  const errors: unknown[] = []
  listeners.on('listener-error', ({ error }) => void errors.push(error))
  listeners.on('delivered', () => runInNewContext("Promise.reject('no')"))
  listeners.tell('delivered', finished)
  await new Promise(setImmediate)
  expect(errors).toEqual(['no'])
})

test('a listener whose promise rejects is reported, and is waited for', async () => {
  const activity = createActivity()
  const listeners = createListeners(activity)
  const errors: unknown[] = []
  listeners.on('listener-error', ({ error }) => void errors.push(String(error)))
  listeners.on('delivered', () => Promise.reject(new Error('later')))
  listeners.tell('delivered', finished)
  expect(activity.isQuiet).toBe(false)
  await activity.whenQuiet()
  expect(errors).toEqual(['Error: later'])
})

test('a listener of listener-error that throws ends there', () => {
  const listeners = createListeners(createActivity())
  listeners.on('listener-error', () => {
    throw new Error('again')
  })
  listeners.on('delivered', () => {
    throw new Error('no')
  })
  expect(() => listeners.tell('delivered', finished)).not.toThrow()
})

test.for([undefined, null, {}, 'delivered'])('%o is refused as a listener', (listener) => {
  const listeners = createListeners(createActivity())
  expect(() => listeners.on('delivered', listener as never)).toThrow(
    expect.objectContaining({ code: 'option.invalid', field: 'listener' }),
  )
})

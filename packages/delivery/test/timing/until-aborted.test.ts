import { expect, test } from 'vitest'
import { AbortedError, untilAborted } from '../../src/timing/until-aborted.ts'

const never = new Promise<never>(() => {})

test('a result that is there in time is given', async () => {
  expect(await untilAborted(Promise.resolve(7), new AbortController().signal)).toBe(7)
})

test('a failure that is there in time is given', async () => {
  const failing = untilAborted(Promise.reject(new TypeError('no')), new AbortController().signal)
  await expect(failing).rejects.toThrow(TypeError)
})

test('nobody waits longer than to the abort', async () => {
  const controller = new AbortController()
  const waiting = untilAborted(never, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toThrow(AbortedError)
  await expect(untilAborted(never, controller.signal)).rejects.toThrow(AbortedError)
})

test('what fails after the abort is heard of by nobody', async () => {
  const controller = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  const waiting = untilAborted(promise, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toThrow(AbortedError)
  reject(new Error('late'))
  await new Promise(setImmediate)
})

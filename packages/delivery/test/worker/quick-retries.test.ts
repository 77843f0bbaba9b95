import { expect, test } from 'vitest'
import { type QuickStep, runWithQuickRetries } from '../../src/worker/quick-retries.ts'

const never = new AbortController().signal

test('attempts go on until one says that it is done', async () => {
  const steps: QuickStep[] = [{ kind: 'again', delayMs: 0 }, { kind: 'again', delayMs: 1 }, { kind: 'done' }]
  let count = 0
  await runWithQuickRetries(() => Promise.resolve(steps[count++] ?? { kind: 'done' }), never)
  expect(count).toBe(3)
})

test('an error of the attempt itself is not tried again', async () => {
  let count = 0
  const failing = () => {
    count += 1
    return Promise.reject(new Error('the store is gone'))
  }
  await expect(runWithQuickRetries(failing, never)).rejects.toThrow('the store is gone')
  expect(count).toBe(1)
})

test('stopping ends the wait for the next attempt', async () => {
  const controller = new AbortController()
  const run = runWithQuickRetries(() => {
    setImmediate(() => controller.abort())
    return Promise.resolve({ kind: 'again', delayMs: 60_000 })
  }, controller.signal)
  await expect(run).rejects.toThrow()
})

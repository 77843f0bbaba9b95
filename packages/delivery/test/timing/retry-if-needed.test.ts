import { expect, test } from 'vitest'
import { retryIfNeeded } from '../../src/timing/retry-if-needed.ts'

/** An operation that fails so many times, and the numbers it was called with. */
function failing(failureCount: number): { calls: number[]; operation: (number: number) => Promise<string> } {
  const calls: number[] = []
  return {
    calls,
    async operation(number) {
      calls.push(number)
      if (number <= failureCount) throw new Error(`failure ${number}`)
      return `success ${number}`
    },
  }
}

test.for([
  [0, [1]],
  [1, [1, 2]],
  [3, [1, 2, 3, 4]],
] as const)('after %i failures the tries were %j, each made once', async ([failureCount, numbers]) => {
  const { calls, operation } = failing(failureCount)
  const result = await retryIfNeeded(operation, { retries: 3, minTimeout: 0 })
  expect(result).toBe(`success ${failureCount + 1}`)
  expect(calls).toEqual(numbers)
})

test('the first try counts among those that the options allow', async () => {
  const { calls, operation } = failing(Infinity)
  await expect(retryIfNeeded(operation, { retries: 1, minTimeout: 0 })).rejects.toThrow('failure 2')
  expect(calls).toEqual([1, 2])
})

test('a first failure that is not to be retried is the end', async () => {
  const { calls, operation } = failing(Infinity)
  const options = { retries: 3, minTimeout: 0, shouldRetry: () => false }
  await expect(retryIfNeeded(operation, options)).rejects.toThrow('failure 1')
  expect(calls).toEqual([1])
})

test('nothing is tried once the signal has aborted', async () => {
  const { calls, operation } = failing(0)
  const signal = AbortSignal.abort(new Error('closing'))
  await expect(retryIfNeeded(operation, { signal })).rejects.toThrow('closing')
  expect(calls).toEqual([])
})

import { expect, test } from 'vitest'
import { createActivity } from '../../src/timing/activity.ts'

test('it is quiet before anything begins and after everything ended', async () => {
  const activity = createActivity()
  expect(activity.isQuiet).toBe(true)
  await activity.whenQuiet()
  activity.begin()
  expect(activity.isQuiet).toBe(false)
  const quiet = activity.whenQuiet()
  activity.end()
  await quiet
  expect(activity.isQuiet).toBe(true)
})

test('work that fails ends too', async () => {
  const activity = createActivity()
  await expect(activity.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(activity.isQuiet).toBe(true)
})

test('the generation tells whether something began in between', async () => {
  const activity = createActivity()
  const { generation } = activity
  await activity.during(() => Promise.resolve())
  expect(activity.isQuiet).toBe(true)
  expect(activity.generation).not.toBe(generation)
})

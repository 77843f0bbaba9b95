import type { MendRequest } from '@posthorn/core'
import { expect, test } from 'vitest'
import { createClockMender } from '../../src/worker/clock-mender.ts'

const waits = { maxFirstWaitMs: 1, maxRetryWaitMs: 2, maxParkMs: 3 }
const hour = 3_600_000

/** A store whose passes have two steps; each takes a second. */
function prepare(firstStep: () => void = () => {}) {
  const requests: MendRequest[] = []
  let passedMs = 0
  const timePasses: unknown[] = []
  const store = {
    async mendTimes(request: unknown) {
      timePasses.push(request)
      return { mendedCount: 5, cursor: null }
    },
    async mendWaits(request: MendRequest) {
      requests.push(request)
      passedMs += 1_000
      if (request.cursor === null) firstStep()
      return { mendedCount: 1, cursor: request.cursor === null ? 'more' : null }
    },
  }
  const monotonicMs = () => passedMs
  const mender = createClockMender(store, { waits, maxCount: 9, mayGoOn: () => true, monotonicMs })
  const pass = (ms: number) => {
    passedMs += ms
  }
  return { requests, timePasses, mender, pass }
}

test('a pass is made at the start, step by step', async () => {
  const { requests, mender } = prepare()
  expect(await mender.mend()).toBe(2)
  expect(requests).toEqual([
    { ...waits, maxCount: 9, cursor: null },
    { ...waits, maxCount: 9, cursor: 'more' },
  ])
})

test('a pass is made again when a hundred times its duration has passed', async () => {
  const { requests, mender, pass } = prepare()
  await mender.mend()
  pass(199_999)
  expect(await mender.mend()).toBe(0)
  pass(1)
  expect(await mender.mend()).toBe(2)
  expect(requests).toHaveLength(4)
})

test('a pass is made again when the clock goes back, and only once', async () => {
  const { mender } = prepare()
  await mender.mend()
  expect(mender.notice({ storeNow: 2 * hour, takenAt: 1 })).toBe(false)
  expect(await mender.mend()).toBe(0)
  expect(mender.notice({ storeNow: hour, takenAt: 2 })).toBe(true)
  expect(await mender.mend()).toBe(2)
  expect(await mender.mend()).toBe(0)
})

test('a clock that goes back during a pass makes the next one due', async () => {
  const { mender } = prepare(() => {
    mender.notice({ storeNow: 2 * hour, takenAt: 1 })
    mender.notice({ storeNow: hour, takenAt: 2 })
  })
  await mender.mend()
  expect(await mender.mend()).toBe(2)
})

test('a pass that failed is made again', async () => {
  let failsLeft = 1
  const { mender } = prepare(() => {
    failsLeft -= 1
    if (failsLeft >= 0) throw new Error('The file is busy.')
  })
  await expect(mender.mend()).rejects.toThrow('busy')
  expect(await mender.mend()).toBe(2)
})

test('times are mended with a clock that came back, not with one that was only set back', async () => {
  const { timePasses, mender } = prepare()
  mender.notice({ storeNow: 2 * hour, takenAt: 1 })
  mender.notice({ storeNow: hour, takenAt: 2 })
  expect(await mender.mend()).toBe(2)
  expect(timePasses).toEqual([])
  mender.notice({ storeNow: 3 * hour, takenAt: 3 })
  mender.notice({ storeNow: hour, takenAt: 4 })
  expect(await mender.mend()).toBe(2)
  expect(timePasses).toEqual([{ maxAheadMs: 60_000, maxCount: 9, cursor: null }])
})

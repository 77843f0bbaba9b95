import { defaultBreakerOptions, laneScope } from '@posthorn/core'
import { expect, test } from 'vitest'
import { createHealthKeeper } from '../../src/health/health-keeper.ts'

const lane = 'https://a.example'
const delivery = { subscriptionId: '00000000-0000-7000-8000-000000000001', lane }

function createKeeper() {
  return createHealthKeeper(
    {
      compareAndSetHealth: async () => ({ kind: 'conflict', record: null, storeNow: 0 }),
      countSubscriptions: async () => 0,
      getSubscriptions: async () => [],
      readHealth: async () => null,
    },
    { breaker: defaultBreakerOptions, room: 10, random: () => 0, report: () => {}, patience: (run) => run() },
  )
}

function laneRecord(version: number, maxLeasedCount: number | null) {
  return { scope: laneScope(lane), version, parkedUntil: null, maxLeasedCount, state: {} }
}

test('what a claim says of the health of a lane holds, also where it began anew with a lower version', () => {
  const keeper = createKeeper()
  keeper.learn([delivery], [laneRecord(7, 1)])
  expect(keeper.isHeldBack(delivery, 0)).toBe(true)
  keeper.learn([delivery], [laneRecord(1, null)])
  expect(keeper.isHeldBack(delivery, 0)).toBe(false)
})

test('what a claim does not mention has no health', () => {
  const keeper = createKeeper()
  keeper.learn([delivery], [laneRecord(7, 1)])
  keeper.learn([delivery], [])
  expect(keeper.isHeldBack(delivery, 0)).toBe(false)
})

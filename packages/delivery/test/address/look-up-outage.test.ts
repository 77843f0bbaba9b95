import { expect, test } from 'vitest'
import { createLookUpOutage } from '../../src/address/look-up-outage.ts'

function createWatched() {
  const clock = { now: 0 }
  const outage = createLookUpOutage(30_000, () => clock.now)
  return {
    answer: () => outage.answered(),
    failAt: (now: number, ...hosts: readonly string[]) => {
      clock.now = now
      return hosts.map((host) => outage.failed(host))
    },
  }
}

test('three names that fail for the time are an outage', () => {
  const { failAt } = createWatched()
  expect(failAt(0, 'a', 'b', 'c')).toEqual([false, false, false])
  expect(failAt(29_999, 'a')).toEqual([false])
  expect(failAt(30_000, 'a', 'd')).toEqual([true, true])
})

test('two names are none, however long they fail', () => {
  const { failAt } = createWatched()
  failAt(0, 'a', 'b')
  expect(failAt(1_000_000, 'a', 'b', 'a')).toEqual([false, false, false])
  expect(failAt(1_000_001, 'c')).toEqual([true])
})

test('one answer ends it, and the time begins anew', () => {
  const { answer, failAt } = createWatched()
  failAt(0, 'a', 'b', 'c')
  expect(failAt(40_000, 'a')).toEqual([true])
  answer()
  expect(failAt(40_001, 'a', 'b', 'c')).toEqual([false, false, false])
  expect(failAt(70_000, 'a')).toEqual([false])
  expect(failAt(70_001, 'a')).toEqual([true])
})

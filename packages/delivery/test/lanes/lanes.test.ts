import { expect, test } from 'vitest'
import { createLanes } from '../../src/lanes/lanes.ts'

const options = { perLane: 2, total: 4, ratePerLane: null }

function createHold() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { promise, release: resolve }
}

test('an empty gate has all its room', () => {
  expect(createLanes(options, () => {}).room()).toEqual({
    total: 4,
    retries: 3,
    perLane: 2,
    byLane: new Map(),
  })
})

test('a running attempt takes a slot of its lane and one of the process', async () => {
  const lanes = createLanes(options, () => {})
  const hold = createHold()
  const run = lanes.run('https://a.example', false, () => hold.promise)
  expect(lanes.room()).toMatchObject({ total: 3, retries: 3, byLane: new Map([['https://a.example', 1]]) })
  hold.release()
  await run
  expect(lanes.room()).toMatchObject({ total: 4, byLane: new Map() })
})

test('retries leave a quarter of the slots to first attempts', async () => {
  const lanes = createLanes({ ...options, perLane: 4 }, () => {})
  const hold = createHold()
  const runs = [1, 2, 3].map(() => lanes.run('https://a.example', true, () => hold.promise))
  expect(lanes.room()).toMatchObject({ total: 1, retries: 0 })
  hold.release()
  await Promise.all(runs)
})

test('no more attempts run in a lane than it has slots', async () => {
  const lanes = createLanes(options, () => {})
  const hold = createHold()
  let running = 0
  const runs = [1, 2, 3].map(() =>
    lanes.run('https://a.example', false, () => {
      running += 1
      return hold.promise
    }),
  )
  await Promise.resolve()
  expect(running).toBe(2)
  expect(lanes.room().byLane.get('https://a.example')).toBe(0)
  hold.release()
  await Promise.all(runs)
  expect(running).toBe(3)
})

test('whoever waits at a lane holds no slot of the process', async () => {
  const lanes = createLanes({ perLane: 1, total: 2, ratePerLane: null }, () => {})
  const hold = createHold()
  const busy = [1, 2, 3].map(() => lanes.run('https://a.example', false, () => hold.promise))
  await expect(lanes.run('https://b.example', false, () => Promise.resolve('sent'))).resolves.toBe('sent')
  hold.release()
  await Promise.all(busy)
})

test('an attempt that throws gives its slot back', async () => {
  const lanes = createLanes(options, () => {})
  await expect(lanes.run('https://a.example', true, () => Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  )
  expect(lanes.room()).toMatchObject({ total: 4, retries: 3, byLane: new Map() })
})

test('a rate counts attempts that have ended, too', async () => {
  const lanes = createLanes({ perLane: 5, total: 10, ratePerLane: { count: 2, perMs: 60_000 } }, () => {})
  let startedCount = 0
  const run = () =>
    lanes.run('https://a.example', false, () => {
      startedCount += 1
      return Promise.resolve()
    })
  await run()
  lanes.room()
  await run()
  lanes.room()
  void run()
  await new Promise(setImmediate)
  expect(startedCount).toBe(2)
})

test('a lane that used up its rate has no room until the interval ends', async () => {
  const lanes = createLanes({ perLane: 5, total: 10, ratePerLane: { count: 1, perMs: 60_000 } }, () => {})
  await lanes.run('https://a.example', false, () => Promise.resolve())
  void lanes.run('https://a.example', false, () => Promise.resolve())
  await Promise.resolve()
  expect(lanes.room().byLane.get('https://a.example')).toBe(0)
})

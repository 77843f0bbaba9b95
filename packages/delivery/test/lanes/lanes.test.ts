import { describe, expect, test } from 'vitest'
import { createLanes } from '../../src/lanes/lanes.ts'

const options = { perLane: 2, total: 4, ratePerLane: null }

function createHold() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { promise, release: resolve }
}

test('an empty gate has all its room', () => {
  expect(
    createLanes(
      options,
      () => {},
      () => true,
    ).room(),
  ).toEqual({
    total: 4,
    retries: 3,
    perLane: 2,
    byLane: new Map(),
    restrained: 3,
    restrainedPerLane: 1,
    restrainedByLane: new Map(),
    pings: 1,
    pingsPerLane: 1,
    pingsByLane: new Map(),
    perSubscription: 1,
    bySubscription: new Map(),
  })
})

test('a running attempt takes a slot of its lane and one of the process', async () => {
  const lanes = createLanes(
    options,
    () => {},
    () => true,
  )
  const hold = createHold()
  const run = lanes.run(
    { lane: 'https://a.example', subscriptionId: 'one', isPing: false, isRetry: false, isRestrained: false },
    () => hold.promise,
  )
  expect(lanes.room()).toMatchObject({ total: 3, retries: 3, byLane: new Map([['https://a.example', 1]]) })
  hold.release()
  await run
  expect(lanes.room()).toMatchObject({ total: 4, byLane: new Map() })
})

test('retries leave a quarter of the slots to first attempts', async () => {
  const lanes = createLanes(
    { ...options, perLane: 4 },
    () => {},
    () => true,
  )
  const hold = createHold()
  const runs = [1, 2, 3].map(() =>
    lanes.run(
      { lane: 'https://a.example', subscriptionId: 'one', isPing: false, isRetry: true, isRestrained: false },
      () => hold.promise,
    ),
  )
  expect(lanes.room()).toMatchObject({ total: 1, retries: 0 })
  hold.release()
  await Promise.all(runs)
})

test('no more attempts run in a lane than it has slots', async () => {
  const lanes = createLanes(
    options,
    () => {},
    () => true,
  )
  const hold = createHold()
  let running = 0
  const runs = [1, 2, 3].map(() =>
    lanes.run(
      {
        lane: 'https://a.example',
        subscriptionId: 'one',
        isPing: false,
        isRetry: false,
        isRestrained: false,
      },
      () => {
        running += 1
        return hold.promise
      },
    ),
  )
  await Promise.resolve()
  expect(running).toBe(2)
  expect(lanes.room().byLane.get('https://a.example')).toBe(0)
  hold.release()
  await Promise.all(runs)
  expect(running).toBe(3)
})

test('whoever waits at a lane holds no slot of the process', async () => {
  const lanes = createLanes(
    { perLane: 1, total: 2, ratePerLane: null },
    () => {},
    () => true,
  )
  const hold = createHold()
  const busy = [1, 2, 3].map(() =>
    lanes.run(
      {
        lane: 'https://a.example',
        subscriptionId: 'one',
        isPing: false,
        isRetry: false,
        isRestrained: false,
      },
      () => hold.promise,
    ),
  )
  await expect(
    lanes.run(
      {
        lane: 'https://b.example',
        subscriptionId: 'one',
        isPing: false,
        isRetry: false,
        isRestrained: false,
      },
      () => Promise.resolve('sent'),
    ),
  ).resolves.toBe('sent')
  hold.release()
  await Promise.all(busy)
})

test('an attempt that throws gives its slot back', async () => {
  const lanes = createLanes(
    options,
    () => {},
    () => true,
  )
  await expect(
    lanes.run(
      { lane: 'https://a.example', subscriptionId: 'one', isPing: false, isRetry: true, isRestrained: false },
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no')
  expect(lanes.room()).toMatchObject({ total: 4, retries: 3, byLane: new Map() })
})

test('a rate counts attempts that have ended, too', async () => {
  const lanes = createLanes(
    { perLane: 5, total: 10, ratePerLane: { count: 2, perMs: 60_000 } },
    () => {},
    () => true,
  )
  let startedCount = 0
  const run = () =>
    lanes.run(
      {
        lane: 'https://a.example',
        subscriptionId: 'one',
        isPing: false,
        isRetry: false,
        isRestrained: false,
      },
      () => {
        startedCount += 1
        return Promise.resolve()
      },
    )
  await run()
  lanes.room()
  await run()
  lanes.room()
  void run()
  await new Promise(setImmediate)
  expect(startedCount).toBe(2)
})

test('a lane that used up its rate has no room until the interval ends', async () => {
  const lanes = createLanes(
    { perLane: 5, total: 10, ratePerLane: { count: 1, perMs: 60_000 } },
    () => {},
    () => true,
  )
  await lanes.run(
    { lane: 'https://a.example', subscriptionId: 'one', isPing: false, isRetry: false, isRestrained: false },
    () => Promise.resolve(),
  )
  void lanes.run(
    { lane: 'https://a.example', subscriptionId: 'one', isPing: false, isRetry: false, isRestrained: false },
    () => Promise.resolve(),
  )
  await Promise.resolve()
  expect(lanes.room().byLane.get('https://a.example')).toBe(0)
})

test('those that their health restrains leave a quarter of the slots to others, in each lane and in all', async () => {
  const lanes = createLanes(
    { perLane: 4, total: 8, ratePerLane: null },
    () => {},
    () => true,
  )
  const hold = createHold()
  const runIn = (lane: string, id: number) =>
    lanes.run(
      { lane, subscriptionId: `${id}`, isPing: false, isRetry: false, isRestrained: true },
      () => hold.promise,
    )
  const runs = [1, 2, 3].map((id) => runIn('https://a.example', id))
  expect(lanes.room()).toMatchObject({
    restrained: 3,
    restrainedPerLane: 3,
    restrainedByLane: new Map([['https://a.example', 0]]),
    byLane: new Map([['https://a.example', 1]]),
  })
  runs.push(runIn('https://b.example', 4))
  expect(lanes.room().restrained).toBe(2)
  hold.release()
  await Promise.all(runs)
  expect(lanes.room()).toMatchObject({ restrained: 6, restrainedByLane: new Map() })
})

test('all pings together hold a quarter of the slots, of each lane and of all, and no other share', async () => {
  const lanes = createLanes(
    { perLane: 4, total: 8, ratePerLane: null },
    () => {},
    () => true,
  )
  const hold = createHold()
  const runIn = (lane: string) =>
    lanes.run(
      { lane, subscriptionId: 'one', isPing: true, isRetry: false, isRestrained: false },
      () => hold.promise,
    )
  expect(lanes.room()).toMatchObject({ pings: 2, pingsPerLane: 1, pingsByLane: new Map() })
  const runs = [runIn('https://a.example')]
  expect(lanes.room()).toMatchObject({
    total: 7,
    pings: 1,
    pingsByLane: new Map([['https://a.example', 0]]),
    byLane: new Map([['https://a.example', 3]]),
    retries: 6,
    bySubscription: new Map(),
  })
  runs.push(runIn('https://b.example'))
  expect(lanes.room().pings).toBe(0)
  hold.release()
  await Promise.all(runs)
  expect(lanes.room()).toMatchObject({ pings: 2, pingsByLane: new Map() })
})

test('those that their health restrains make way for pings, so that a quarter is left beside both', async () => {
  const lanes = createLanes(
    { perLane: 8, total: 8, ratePerLane: null },
    () => {},
    () => true,
  )
  const hold = createHold()
  const slot = { lane: 'https://a.example', subscriptionId: 'one', isRetry: false }
  const runs = [
    lanes.run({ ...slot, isPing: true, isRestrained: false }, () => hold.promise),
    lanes.run({ ...slot, isPing: false, isRestrained: true }, () => hold.promise),
  ]
  expect(lanes.room()).toMatchObject({
    restrained: 4,
    restrainedByLane: new Map([['https://a.example', 4]]),
  })
  hold.release()
  await Promise.all(runs)
})

describe('of a lane', () => {
  const lane = 'https://a.example'

  /** The room of a subscription that holds so many slots. */
  async function roomBeside(perLane: number, slotCount: number, isShared: boolean) {
    const lanes = createLanes(
      { perLane, total: 100, ratePerLane: null },
      () => {},
      () => isShared,
    )
    const hold = createHold()
    const slot = { lane, subscriptionId: 'one', isPing: false, isRetry: false, isRestrained: false }
    const runs = Array.from({ length: slotCount }, () => lanes.run(slot, () => hold.promise))
    const { perSubscription, bySubscription } = lanes.room()
    hold.release()
    await Promise.all(runs)
    expect(lanes.room().bySubscription).toEqual(new Map())
    return { perSubscription, own: bySubscription.get('one') }
  }

  test.for([
    [1, 1],
    [2, 1],
    [4, 3],
    [10, 8],
    [100, 75],
  ] as const)('%i slots one of several subscriptions may hold %i', async ([perLane, share]) => {
    expect(await roomBeside(perLane, 1, true)).toEqual({ perSubscription: share, own: share - 1 })
    expect(await roomBeside(perLane, share, true)).toEqual({ perSubscription: share, own: 0 })
  })

  test('its only subscription may hold all slots', async () => {
    expect(await roomBeside(10, 8, false)).toEqual({ perSubscription: 8, own: 2 })
    expect(await roomBeside(10, 10, false)).toEqual({ perSubscription: 8, own: 0 })
  })
})

import { StoreError } from '@posthorn/core'
import { expect, test } from 'vitest'
import { createLaneSharing } from '../../src/lanes/lane-sharing.ts'
import { createPatience } from '../../src/worker/patience.ts'

const lane = 'https://a.example'
const patience = createPatience(new AbortController().signal)

test('a lane is shared until the store says that it has a single subscription', async () => {
  const sharing = createLaneSharing({ countSubscriptions: async () => 1 }, patience)
  expect(sharing.isShared(lane)).toBe(true)
  await sharing.learn([lane])
  expect(sharing.isShared(lane)).toBe(false)
  expect(sharing.isShared('https://b.example')).toBe(true)
})

test('the store is asked once about each lane', async () => {
  const asked: string[] = []
  const sharing = createLaneSharing(
    {
      countSubscriptions: async (name) => {
        asked.push(name)
        return 2
      },
    },
    patience,
  )
  await sharing.learn([lane, lane, 'https://b.example'])
  await sharing.learn([lane])
  expect(asked).toEqual([lane, 'https://b.example'])
  expect(sharing.isShared(lane)).toBe(true)
})

test('a lane that could not be asked about is asked about again', async () => {
  let isBroken = true
  const sharing = createLaneSharing(
    {
      countSubscriptions: async () => {
        if (isBroken) throw new StoreError({ code: 'store.failed', message: 'The disk is gone.' })
        return 1
      },
    },
    patience,
  )
  await sharing.learn([lane])
  expect(sharing.isShared(lane)).toBe(true)
  isBroken = false
  await sharing.learn([lane])
  expect(sharing.isShared(lane)).toBe(false)
})

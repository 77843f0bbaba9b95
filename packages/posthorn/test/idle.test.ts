import { systemClock } from '@posthorn/core'
import { createActivity } from '@posthorn/delivery'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { expect, test } from 'vitest'
import { waitUntilIdle } from '../src/idle.ts'
import { createMemoryStore } from '../src/index.ts'

test('what began and ended while the store was asked may have left something due, so it is asked again', async () => {
  const activity = createActivity()
  let askedCount = 0
  const store = createWatchedStore(createMemoryStore(), ({ method }) => {
    if (method !== 'nextDue') return
    askedCount += 1
    if (askedCount > 1) return
    activity.begin()
    activity.end()
  })
  const handle = await store.open({ clock: systemClock })
  await waitUntilIdle(handle, [activity], 0, () => {})
  expect(askedCount).toBe(2)
  await handle.close()
})

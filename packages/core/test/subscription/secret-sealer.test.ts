import { expect, test } from 'vitest'
import { clearSealer } from '../../src/subscription/secret-sealer.ts'

const place = { subscriptionId: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001', field: 'signing.legacy' } as const

test.for(['hunter2', '', 'clear:hunter2', '🔑'])('opens what it sealed: %j', async (secret) => {
  expect(await clearSealer.open(await clearSealer.seal(secret, place), place)).toBe(secret)
})

test.for(['', 'hunter2', 'aes-256-gcm:hunter2'])(
  'refuses what another way sealed, without quoting it: %j',
  async (sealed) => {
    const opened = clearSealer.open(sealed, place)
    await expect(opened).rejects.toMatchObject({ code: 'secret.unreadable' })
    await expect(opened).rejects.not.toThrow(/hunter2/)
  },
)

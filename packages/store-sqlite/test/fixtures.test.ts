import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ClaimedDelivery, laneScope } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { claimWith, delivered, sampleContent, settleOne } from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { migrations } from '../src/database/migrations.ts'
import { createSqliteStore } from '../src/index.ts'
import { withFolder } from './folder.ts'

const folderOfFixtures = join(import.meta.dirname, 'fixtures')
const fixtures = readdirSync(folderOfFixtures).filter((name) => name.endsWith('.db'))

test('there is a database of every schema version', () => {
  expect(fixtures).toHaveLength(migrations.length)
})

test.for(fixtures)('%s of a past release is delivered to its end', async (name) =>
  withFolder(async ({ location }) => {
    copyFileSync(join(folderOfFixtures, name), location)
    const clock = createManualClock()
    const store = await createSqliteStore({ location }).open({ clock })
    expect(await store.readHealth(laneScope(sampleContent.lane))).toMatchObject({
      version: 1,
      maxLeasedCount: 50,
    })
    clock.advance(60_000)
    const claimed: ClaimedDelivery[] = []
    for (;;) {
      const { deliveries } = await claimWith(store)
      if (deliveries.length === 0) break
      for (const delivery of deliveries) {
        const [bytes] = await store.readBodies([delivery.body])
        expect(Buffer.from(bytes ?? []).toString()).toBe(`${delivery.body.eventId} bitbucket-cloud plain 1`)
        expect(await settleOne(store, delivery, delivered)).toBe('settled')
        claimed.push(delivery)
      }
    }
    // The one that failed once, the one under a lease that is over, and two that kept their order.
    expect(claimed.map(({ attemptNumber }) => attemptNumber).filter((number) => number === 1)).toHaveLength(3)
    expect(claimed).toHaveLength(4)
    const page = await store.listDeliveries({ states: ['delivered'] }, { maxCount: 10, cursor: null })
    expect(page.deliveries).toHaveLength(5)
    await store.close()
  })(),
)

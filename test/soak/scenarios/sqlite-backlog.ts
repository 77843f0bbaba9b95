import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@posthorn/core'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import {
  addSubscription,
  appendOne,
  claimWith,
  newAppend,
  newDelivery,
  toIds,
} from '@posthorn/test-kit/store-contract/samples'

/**
 * A backlog of 1,000,000 due deliveries of one receiver costs no more memory than one of 1,000, opens as fast, is claimed from as
 * fast, and delays nobody else.
 */
const counts = [1_000, 1_000_000]
const perEvent = 1_000
const claimCount = 100
const maxGrowthBytes = 30 * 1024 * 1024

const results = []
for (const count of counts) results.push(await measure(count))
console.table(results)
const [small, large] = results
assert.ok(small !== undefined && large !== undefined)
assert.ok(large.grownBytes - small.grownBytes < maxGrowthBytes, 'the backlog costs memory')

async function measure(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-backlog-'))
  try {
    const store = createSqliteStore({ location: join(folder, 'posthorn.db'), synchronous: 'normal' })
    const ids = createIds()
    const filling = await store.open({ clock: systemClock })
    const dead = await addSubscription(filling, ids)
    for (let written = 0; written < count; written += perEvent) {
      await filling.append(
        newAppend(
          ids,
          Array.from({ length: perEvent }, () => newDelivery(ids, dead.id)),
        ),
      )
      if (written % 100_000 === 0) console.log(`sqlite-backlog: ${written} of ${count} written`)
    }
    await filling.close()

    globalThis.gc?.()
    const rssBefore = process.memoryUsage().rss
    const openedAt = performance.now()
    const handle = await store.open({ clock: systemClock })
    const openMs = performance.now() - openedAt
    const claimMs: number[] = []
    for (let claimed = 0; claimed < claimCount; claimed += 1) {
      const at = performance.now()
      const { deliveries } = await claimWith(handle, { maxCount: 10 })
      claimMs.push(performance.now() - at)
      await handle.release(deliveries.map(({ token }) => token))
    }
    const grownBytes = process.memoryUsage().rss - rssBefore
    const fresh = await appendOne(handle, ids, await addSubscription(handle, ids))
    const answer = await claimWith(handle, { maxCount: 2 })
    assert.ok(toIds(answer).includes(fresh), 'the backlog delays another receiver')
    await handle.close()
    return { count, openMs, claimMedianMs: claimMs.toSorted((a, b) => a - b)[claimCount / 2], grownBytes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

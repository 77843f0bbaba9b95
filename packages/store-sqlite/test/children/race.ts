import { randomUUID } from 'node:crypto'
import { type SubscriptionLimit, systemClock } from '@posthorn/core'
import { sampleContent } from '@posthorn/test-kit/store-contract/samples'
import { createSqliteStore } from '../../src/index.ts'
import { parentLines } from './child.ts'

/**
 * For each line, which names a subject: creates subscriptions of both groups as fast as it can, and moves them from one group to
 * the other, against another process that does the same.
 */
const limits: readonly SubscriptionLimit[] = [
  { group: 'webhook', maxCount: 50 },
  { group: 'post-receive', maxCount: 5 },
]

const store = await createSqliteStore({ location: process.argv[2] ?? '', synchronous: 'normal' }).open({
  clock: systemClock,
})
console.log('ready')

for await (const subjectId of parentLines()) {
  const created = await Promise.all(
    Array.from({ length: 40 }, (_, place) => create(subjectId, Number(place % 4 === 3))),
  )
  // Each into the other group.
  await Promise.all(created.flatMap((id, place) => (id === null ? [] : move(id, Number(place % 4 !== 3)))))
  await Promise.all(Array.from({ length: 20 }, (_, place) => create(subjectId, place % 2)))
  console.log('done')
}
await store.close()

async function create(subjectId: string, place: number): Promise<string | null> {
  const limit = limitAt(place)
  const id = randomUUID()
  const content = { ...sampleContent, limitGroup: limit.group }
  const { kind } = await store.createSubscription(
    { id, subject: { type: 'repository', id: subjectId }, content },
    limit,
  )
  return kind === 'created' ? id : null
}

async function move(id: string, place: number): Promise<void> {
  const limit = limitAt(place)
  await store.updateSubscription(id, 1, { ...sampleContent, limitGroup: limit.group }, limit)
}

function limitAt(place: number): SubscriptionLimit {
  return limits[place] ?? { group: 'webhook', maxCount: 50 }
}

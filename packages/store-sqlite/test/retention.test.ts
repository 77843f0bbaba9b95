import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { newSubscription, webhookLimit } from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { trimDisabled } from '../src/retention.ts'
import { createSubscription } from '../src/subscriptions.ts'
import { createRecordedDatabase, planOf } from './recorded-database.ts'

const subscriptionCount = 40
const waitingCount = 1_000

test('disabled subscriptions that hold as much as they may are counted from an index, some of them in a step', () => {
  const { connection, database, takeRun } = createRecordedDatabase()
  const ids = createIds()
  for (let made = 0; made < subscriptionCount; made += 1) {
    const subscription = newSubscription(ids, { disabled: { at: 1, reason: 'exhausted' } })
    createSubscription(database, 1, subscription, webhookLimit)
  }
  connection.exec(`
    with recursive number (n) as (select 1 union all select n + 1 from number where n < ${waitingCount})
    insert into deliveries
      (id, event_seq, subscription_id, dialect, variant, part, part_count, is_ping, rank, created_at, due_at)
    select s.id || n, 1, s.id, 'd', 'v', 1, 1, 0, 1, 1, 1 from subscriptions s cross join number
  `)
  const visits: number[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    takeRun()
    const answer = trimDisabled(database, 9, waitingCount, 200, cursor)
    expect(answer.ended).toEqual([])
    const counts = takeRun().filter((text) => text.includes('from deliveries'))
    for (const text of new Set(counts))
      expect(planOf(connection, text)).toContain(
        'SEARCH deliveries USING COVERING INDEX deliveries_of_subscription (subscription_id=? AND state=?)',
      )
    visits.push(counts.length)
    cursor = answer.cursor
  }
  expect(Math.max(...visits) * waitingCount).toBeLessThanOrEqual(10_000)
  expect(visits.reduce((sum, count) => sum + count)).toBe(subscriptionCount)
})

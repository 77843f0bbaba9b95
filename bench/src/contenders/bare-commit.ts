import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { buildSmallBody } from '../fixtures/small-dialect.ts'

/** The least that keeps an event: the rows that an emit writes, in one transaction, without a thread or a question before it. */
export interface BareCommit extends Disposable {
  commit(): void
}

/** Those of the store that a commit depends on. */
const pragmas = [
  'pragma journal_mode = wal',
  'pragma synchronous = full',
  'pragma wal_autocheckpoint = 4096',
  'pragma cache_size = -16384',
  'pragma temp_store = memory',
].join(';')

/** @param location a file with the tables of the store */
export function createBareCommit(location: string): BareCommit {
  const database = new DatabaseSync(location)
  database.exec(pragmas)
  const insertEvent = database.prepare(`
    insert into events (id, key, depth, subject_ids, receipt, is_idle, created_at)
    values (?, 'repo:push', 0, ?, ?, 0, ?)
  `)
  const insertBody = database.prepare(`
    insert into bodies (event_seq, dialect, variant, part, created_at, byte_count, bytes)
    values (?, 'bitbucket-cloud', 'default', 1, ?, ?, ?)
  `)
  const insertDelivery = database.prepare(`
    insert into deliveries
      (id, event_seq, subscription_id, dialect, variant, part, part_count, is_ping, rank, created_at, due_at)
    values (?, ?, ?, 'bitbucket-cloud', 'default', 1, 1, 0, 1, ?, ?)
  `)
  const bytes = buildSmallBody()
  const subscriptionId = randomUUID()
  const subjectIds = JSON.stringify([randomUUID(), randomUUID(), randomUUID(), randomUUID()])
  return {
    commit() {
      const now = Date.now()
      const eventId = randomUUID()
      const id = randomUUID()
      const deliveries = [{ id, subscriptionId, part: 1, partCount: 1 }]
      const receipt = JSON.stringify({ eventId, deliveries, skipped: [] })
      database.exec('begin immediate')
      const { lastInsertRowid } = insertEvent.run(eventId, subjectIds, receipt, now)
      insertBody.run(lastInsertRowid, now, bytes.byteLength, bytes)
      insertDelivery.run(id, lastInsertRowid, subscriptionId, now, now)
      database.exec('commit')
    },
    [Symbol.dispose]: () => database.close(),
  }
}

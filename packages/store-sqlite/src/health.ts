import type { HealthOutcome, HealthRecord, HealthScope, HealthUpdate } from '@posthorn/core'
import type { Database } from './database/database.ts'
import { sql } from './database/statement.ts'
import { healthColumns, parseHealth } from './rows.ts'

const read = sql(`select ${healthColumns} from health where scope = :scope`)

// Health of a subscription that is gone would stay for ever.
const insertFirst = sql(`
  insert into health (scope, version, parked_until, max_leased_count, state)
  select :scope, 1, :parked_until, :max_leased_count, :state
  where :subscription_id is null or exists (select 1 from subscriptions where id = :subscription_id)
  on conflict (scope) do nothing
  returning ${healthColumns}
`)

const replace = sql(`
  update health
  set version = version + 1, parked_until = :parked_until, max_leased_count = :max_leased_count, state = :state
  where scope = :scope and version = :expected_version
  returning ${healthColumns}
`)

export function readHealth(database: Database, scope: HealthScope): HealthRecord | null {
  const row = database.get(read, { scope })
  return row === undefined ? null : parseHealth(row)
}

export function compareAndSetHealth(
  database: Database,
  now: number,
  scope: HealthScope,
  expectedVersion: number,
  { parkForMs, maxLeasedCount, state }: HealthUpdate,
): HealthOutcome {
  const content = {
    scope,
    parked_until: parkForMs === null ? null : now + parkForMs,
    max_leased_count: maxLeasedCount,
    state: JSON.stringify(state ?? null),
  }
  const row =
    expectedVersion === 0
      ? database.get(insertFirst, { ...content, subscription_id: subscriptionIdOf(scope) })
      : database.get(replace, { ...content, expected_version: expectedVersion })
  return row === undefined
    ? { kind: 'conflict', record: readHealth(database, scope), storeNow: now }
    : { kind: 'set', record: parseHealth(row), storeNow: now }
}

function subscriptionIdOf(scope: HealthScope): string | null {
  const prefix = 'subscription:'
  return scope.startsWith(prefix) ? scope.slice(prefix.length) : null
}

import type { HealthOutcome, HealthRecord, HealthScope, HealthUpdate } from '@posthorn/core'
import type { Data } from './data.ts'
import { frozenCopy } from './frozen-copy.ts'

export function readHealth(data: Data, scope: HealthScope): HealthRecord | null {
  return data.health.get(scope) ?? null
}

export function compareAndSetHealth(
  data: Data,
  scope: HealthScope,
  expectedVersion: number,
  { parkForMs, maxLeasedCount, state }: HealthUpdate,
): HealthOutcome {
  const storeNow = data.clock.now()
  const current = data.health.get(scope) ?? null
  if ((current?.version ?? 0) !== expectedVersion || !exists(data, scope)) {
    return { kind: 'conflict', record: current, storeNow }
  }
  const parkedUntil = parkForMs === null ? null : storeNow + parkForMs
  const record = frozenCopy({ scope, version: expectedVersion + 1, parkedUntil, maxLeasedCount, state })
  data.health.set(scope, record)
  return { kind: 'set', record, storeNow }
}

/** Health of a subscription that is gone would stay for ever. */
function exists(data: Data, scope: HealthScope): boolean {
  const prefix = 'subscription:'
  return !scope.startsWith(prefix) || data.subscriptions.has(scope.slice(prefix.length))
}

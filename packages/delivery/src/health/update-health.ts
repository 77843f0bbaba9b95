import { isDeepStrictEqual } from 'node:util'
import type { HealthRecord, HealthScope, HealthUpdate, StoreHandle } from '@posthorn/core'
import type { Patience } from '../worker/patience.ts'
import type { HealthCache } from './health-cache.ts'

/** What health needs of a store. */
export type HealthStore<Transaction> = Pick<
  StoreHandle<Transaction>,
  'compareAndSetHealth' | 'countSubscriptions' | 'getSubscriptions' | 'readHealth'
>

export interface UpdateContext<Transaction> {
  readonly store: HealthStore<Transaction>
  readonly cache: HealthCache
  readonly patience: Patience
}

/** Races lost before an update is given up; each means that another process just updated the same record. */
const maxRaces = 20

/**
 * Brings a health record to its next state. `compute` is called again with the winner's record when a race is lost; null
 * from it means that nothing has to be written.
 */
export async function updateHealth<Transaction, Step extends { readonly update: HealthUpdate }>(
  scope: HealthScope,
  { store, cache, patience }: UpdateContext<Transaction>,
  compute: (current: HealthRecord | null) => Step | null,
): Promise<Step | null> {
  let current = cache.get(scope)
  for (let race = 0; race < maxRaces; race += 1) {
    const step = compute(current)
    if (step === null) return null
    const expectedVersion = current?.version ?? 0
    const outcome = await patience(() => store.compareAndSetHealth(scope, expectedVersion, step.update))
    // A lost race says that what is cached is not what is stored, also where the stored version is the lower one.
    if (outcome.kind === 'conflict') cache.forget(scope)
    if (outcome.record !== null) cache.learn(outcome.record)
    if (outcome.kind === 'set') return step
    // Where there was none and there is none now, the subscription was deleted, and nothing can be kept for it.
    if (current === null && outcome.record === null) return null
    current = outcome.record
  }
  return null
}

/** Whether a record says no more than that all is well, so that a success has nothing to change. */
export function isAtRest(record: HealthRecord | null, healthyState: unknown): boolean {
  return (
    record === null ||
    (record.parkedUntil === null &&
      record.maxLeasedCount === null &&
      isDeepStrictEqual(record.state, healthyState))
  )
}

/** How long a record is parked from now, or null if it is not. */
export function stillParkedMs(record: HealthRecord | null, storeNow: number): number | null {
  const remainingMs = (record?.parkedUntil ?? 0) - storeNow
  return remainingMs > 0 ? remainingMs : null
}

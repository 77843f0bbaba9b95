import type { HealthRecord, HealthScope } from '@posthorn/core'

/**
 * The newest health records this process has seen. Scopes that are doing well have none, so that a success of a healthy
 * receiver costs no read and no write.
 */
export interface HealthCache {
  get(scope: HealthScope): HealthRecord | null
  /** Keeps a record unless a newer one is known. */
  learn(record: HealthRecord): void
  forget(scope: HealthScope): void
}

/** Records kept at most; beyond it the longest unseen is forgotten, and read again when a write loses its race. */
const maxRecords = 10_000

export function createHealthCache(): HealthCache {
  const records = new Map<HealthScope, HealthRecord>()
  return {
    get: (scope) => records.get(scope) ?? null,
    forget: (scope) => void records.delete(scope),
    learn(record) {
      const known = records.get(record.scope)
      if (known !== undefined && known.version > record.version) return
      records.delete(record.scope)
      records.set(record.scope, record)
      const [oldest] = records.keys()
      if (records.size > maxRecords && oldest !== undefined) records.delete(oldest)
    },
  }
}

/** What health is kept of: `subscription:<id>` or `lane:<origin>`. */
export type HealthScope = `subscription:${string}` | `lane:${string}`

/** How a subscription or a lane is doing. The store reads the two bounds; `state` belongs to the engine. */
export interface HealthRecord {
  readonly scope: HealthScope
  /** 1 when first written; one more after each update. */
  readonly version: number
  /** Until then nothing is claimed from the scope, on the store's clock; null: not parked. */
  readonly parkedUntil: number | null
  /** How many deliveries of the scope may be leased at a time, over all processes; null: unbounded. */
  readonly maxLeasedCount: number | null
  /** A JSON value that the store keeps without reading it. */
  readonly state: unknown
}

/** The next content of a health record. */
export interface HealthUpdate {
  /** Counts from now; null: not parked. */
  readonly parkForMs: number | null
  readonly maxLeasedCount: number | null
  readonly state: unknown
}

/**
 * `conflict`: somebody else was faster; `record` is what stands there now. A subscription that does not exist has no health:
 * the answer is a conflict without a record.
 */
export interface HealthOutcome {
  readonly kind: 'set' | 'conflict'
  readonly record: HealthRecord | null
  readonly storeNow: number
}

/** The scope of a subscription. @param id as the store keeps it, in lower case */
export function subscriptionScope(id: string): HealthScope {
  return `subscription:${id}`
}

/** The scope of a lane. @param lane the origin of its URLs */
export function laneScope(lane: string): HealthScope {
  return `lane:${lane}`
}

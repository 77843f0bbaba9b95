import { schemaOne } from './migrations/001-schema.ts'

/** One step of the schema. */
export interface Migration {
  /** Counts from 1, without gaps. */
  readonly version: number
  /**
   * The oldest schema version whose code can still work on the result. A step that only adds (a nullable column, an index, a
   * table) keeps the release before it working, so that two releases can share a file while one replaces the other.
   */
  readonly readableBy: number
  readonly statements: string
}

/** All steps, first one first. A released one is never changed: the next step mends it. */
export const migrations: readonly Migration[] = [{ version: 1, readableBy: 1, statements: schemaOne }]

import { parseInteger, parseMembers } from '@posthorn/core'

/** What bounds the memory of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Unfinished deliveries, from 1. Beyond them `append` rejects with `store.full`. @default 10_000 */
  readonly maxPendingDeliveries?: number
  /**
   * Bytes of bodies, from 1. History makes room for what is new; when the bodies of unfinished deliveries alone would be more,
   * `append` rejects with `store.full`. @default 67_108_864 (64 MiB)
   */
  readonly maxBodyBytes?: number
  /** Finished deliveries, from 0; the one that finished first is forgotten first. @default 10_000 */
  readonly maxFinishedDeliveries?: number
  /** Ids of events, from 1, remembered so that `append` writes each once; the oldest is forgotten first. @default 100_000 */
  readonly maxEvents?: number
}

export type MemoryBounds = Required<MemoryStoreOptions>

const defaults: MemoryBounds = {
  maxPendingDeliveries: 10_000,
  maxBodyBytes: 64 * 1024 * 1024,
  maxFinishedDeliveries: 10_000,
  maxEvents: 100_000,
}

/** @throws {InvalidInputError} `option.invalid`, `option.unknown` */
export function resolveOptions(options: MemoryStoreOptions): MemoryBounds {
  const given = parseMembers('', options, Object.keys(defaults))
  return {
    maxPendingDeliveries: readCount('maxPendingDeliveries', given.maxPendingDeliveries, 1),
    maxBodyBytes: readCount('maxBodyBytes', given.maxBodyBytes, 1),
    maxFinishedDeliveries: readCount('maxFinishedDeliveries', given.maxFinishedDeliveries, 0),
    maxEvents: readCount('maxEvents', given.maxEvents, 1),
  }
}

function readCount(field: keyof MemoryBounds, value: unknown, min: number): number {
  return parseInteger(field, value ?? defaults[field], { min, max: Number.MAX_SAFE_INTEGER })
}

import type { Account, Repository } from './entities.ts'
import type { EventKey } from './event-key.ts'
import type { PushEvent } from './push-event.ts'

/** What every event has. Members of the union {@link WebhookEvent} add what happened, and are told apart by `key`. */
export interface EventBase<Key extends EventKey> {
  readonly key: Key
  /**
   * Makes `emit` idempotent: an event whose id was emitted before, within 7 days, is not emitted again. Visible ASCII, up to
   * 128 characters. @default a fresh UUIDv7
   */
  readonly id?: string
  /** Who did it; null if nobody is known. */
  readonly actor: Account | null
}

/** An event in one repository. */
export interface RepositoryEvent<Key extends EventKey> extends EventBase<Key> {
  readonly repository: Repository
}

/** Something that happened. Plain data: what a dialect does not find here, it cannot print. */
export type WebhookEvent = PushEvent

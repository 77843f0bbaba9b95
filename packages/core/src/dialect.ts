import type { WebhookEvent } from './event/event.ts'
import type { EventKey } from './event/event-key.ts'
import type { PushDetail } from './event/push-event.ts'
import type { Site } from './site.ts'
import type { SubjectType } from './subject.ts'

/**
 * One exact wire format. A dialect is pure: the same input gives the same bytes, and nothing in it waits or looks anything
 * up. `emit` calls {@link Dialect.build} once per variant in use; every attempt calls {@link Dialect.headers}.
 */
export interface Dialect {
  /** As subscriptions name it, such as `bitbucket-cloud`. */
  readonly name: string
  readonly rules: DialectRules
  /** The closed set of body variants; the first is the default. */
  readonly variants: readonly string[]
  /** The caps that hold where the host gives none. */
  readonly defaultCaps: DialectCaps
  /** How deep a push must be read for this dialect. */
  detail(caps: DialectCaps): PushDetail
  /**
   * The parts of the body of an event, each the UTF-8 of one JSON document; more than one only if it had to be split. None if
   * the event holds nothing that the dialect can show, as a push of notes in Cloud: then nobody is told. An event that is empty
   * itself, as the push of a test delivery, still has a body.
   *
   * `emit` goes through them once, and lets the process do other work between them: a dialect that builds each part only when
   * it is asked for (a generator) holds up nothing, however large the push. Null is not a part: it is given in between by a dialect
   * that has worked for long, or is about to, and has no part ready.
   */
  build(event: WebhookEvent, context: BuildContext): Iterable<Uint8Array | null>
  /** The headers of one request, in order, without the signature and without those that HTTP itself needs. */
  headers(facts: HeaderFacts): readonly HeaderPair[]
}

/** What a dialect allows to be configured. */
export interface DialectRules {
  /** Subscriptions in one group on one subject share one limit. */
  readonly limitGroup: 'webhook' | 'post-receive'
  readonly maxPerSubject: number
  readonly subjectTypes: readonly SubjectType[]
  readonly eventKeys: readonly EventKey[]
  /** The header that carries `sha256=<hex HMAC of the body>`; null if the dialect knows no secret. */
  readonly signatureHeader: string | null
}

/** Bounds on what one body holds. */
export interface DialectCaps {
  /** Bytes of one body. */
  readonly maxBodyBytes: number
  /** Commits shown per ref (Cloud) or per body (Post-Receive). */
  readonly maxCommits: number
  /** Changed paths shown per commit; 0 where the dialect shows none. */
  readonly maxChanges: number
}

/** What a body is built with, beside the event. */
export interface BuildContext {
  readonly site: Site
  readonly variant: string
  readonly caps: DialectCaps
}

/** What is known when a request is about to be sent. */
export interface HeaderFacts {
  readonly eventKey: EventKey
  readonly subscriptionId: string
  readonly deliveryId: string
  /** 1 for the first attempt. */
  readonly attemptNumber: number
}

/** A header's name and value. */
export type HeaderPair = readonly [name: string, value: string]

import type { HeaderPair } from '../dialect.ts'
import type { OutcomeWord } from './outcome-words.ts'

/**
 * What became of one attempt: a value, never an exception. `kind` decides what happens next, `word` says what happened,
 * `detail` is for the operator and may name resolved addresses, so it is never shown to a tenant.
 */
export type AttemptOutcome =
  /** The receiver's status line arrived; what came after it does not change the outcome. */
  | {
      readonly kind: 'answered'
      readonly word: OutcomeWord
      readonly status: number
      readonly retryAfterMs: number | null
      readonly detail: string | null
    }
  /** No status line: look-up, connection, TLS or time-out. */
  | { readonly kind: 'unanswered'; readonly word: OutcomeWord; readonly detail: string | null }
  /** The address policy refused the target; nothing was sent. */
  | { readonly kind: 'blocked'; readonly word: OutcomeWord; readonly detail: string | null }
  /** A fault of our own side; it uses up no attempt. */
  | { readonly kind: 'own-fault'; readonly word: OutcomeWord; readonly detail: string | null }
  /** The emitter was stopped before the attempt ended; it uses up no attempt. */
  | { readonly kind: 'stopped'; readonly word: 'stopped'; readonly detail: string | null }

/** An attempt as the engine hands it to the store. */
export interface AttemptRecord {
  readonly outcome: AttemptOutcome
  /** From the start of the attempt to its end. */
  readonly durationMs: number
  /** Whether the attempt was sent a second time because a reused connection closed before the answer began. */
  readonly isResent: boolean
  /** Whether TLS certificates were verified; `none` over plain http. */
  readonly certificateVerification: 'verified' | 'skipped' | 'none'
  /** The beginning of the answer's body as text, what it repeats of secrets and of the URL redacted; null if there was none. */
  readonly answerExcerpt: string | null
  /**
   * The headers of the request in their order, without those that HTTP itself adds. The values of `Authorization`, signatures and
   * the subscription's own headers are `[redacted]`. Empty if no request could be made.
   */
  readonly requestHeaders: readonly HeaderPair[]
}

/** An attempt as history gives it back. */
export interface Attempt extends AttemptRecord {
  readonly deliveryId: string
  /** Counts every recorded attempt of the delivery, from 1. */
  readonly number: number
  /** Whether it used up a step of the schedule. */
  readonly isCounted: boolean
  /** When it was recorded, on the store's clock; it began `durationMs` before. */
  readonly endedAt: number
}

import type { AttemptOutcome } from '@posthorn/core'

/**
 * How long to go on after an outcome.
 * `full`: the whole schedule. `slow`: the whole schedule, but no wait under 30 minutes, since certificates are mended by
 * people. `short`: the first three attempts of the schedule, for a receiver that is there and says no. `none`: not again.
 */
export type RetryClass = 'full' | 'slow' | 'short' | 'none'

/** Attempts made for an outcome of class `short`. */
export const shortAttemptCount = 3

/** The shortest wait after an outcome of class `slow`, in ms. */
export const minSlowDelayMs: number = 30 * 60 * 1_000

/** Statuses below 500 that ask for another try: time-out, too early, too many requests. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429])

/** The class of an outcome that is not a success. */
export function toRetryClass(
  outcome: Exclude<AttemptOutcome, { kind: 'own-fault' | 'stopped' }>,
): RetryClass {
  switch (outcome.kind) {
    case 'answered':
      return classOfStatus(outcome.status)
    case 'unanswered':
      return isTlsFailure(outcome) ? 'slow' : 'full'
    case 'blocked':
      return 'short'
  }
}

/** Whether an outcome is a failure of TLS: of the certificate or the handshake. */
export function isTlsFailure(outcome: AttemptOutcome): boolean {
  return outcome.word.startsWith('tls.')
}

/** Whether a status means that the delivery was accepted. */
export function isSuccess(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status <= 299
}

function classOfStatus(status: number): RetryClass {
  if (status === 410) return 'none'
  if (retryableStatuses.has(status) || (status >= 500 && status <= 599)) return 'full'
  return 'short'
}

import type { AttemptOutcome } from '@posthorn/core'

/**
 * Whether an outcome shows that an origin cannot be reached, by anybody. A failure after the connection was accepted does not:
 * the path of one tenant may hang while those of others answer.
 */
export function isUnreachable(outcome: AttemptOutcome): boolean {
  return (
    outcome.kind === 'unanswered' && (outcome.word.startsWith('dns.') || outcome.word.startsWith('connect.'))
  )
}

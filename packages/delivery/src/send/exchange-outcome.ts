import type { AttemptOutcome } from '@posthorn/core'
import type { Exchange } from './answer-reader.ts'
import type { CutoffCause } from './cutoff.ts'
import { toDeadlineOutcome, toErrorOutcome } from './error-outcome.ts'
import type { ExchangePhase } from './exchange-phase.ts'
import { describeRedirect } from './redirect-detail.ts'
import { parseRetryAfter } from './retry-after.ts'
import { toStatusWord } from './status-outcome.ts'

/** What is known of an exchange beside its result. */
export interface ExchangeFacts {
  readonly url: URL
  readonly phase: ExchangePhase
  /** The status of the last interim answer; null if none came. */
  readonly interimStatus: number | null
  /** What went wrong with the socket first, if anything did. */
  readonly socketError: Error | null
  /** Why the exchange was cut off, if it was. */
  readonly cutoffCause: CutoffCause | null
  /** Epoch ms, for `Retry-After`. */
  readonly now: number
}

/** The outcome of an attempt from its last exchange. */
export function toExchangeOutcome(exchange: Exchange, facts: ExchangeFacts): AttemptOutcome {
  switch (exchange.kind) {
    case 'answered': {
      const { status, retryAfter, location } = exchange.answer
      const detail = describeRedirect(status, location, facts.url)
      return toAnswered(status, parseRetryAfter(status, retryAfter, facts.now), detail)
    }
    case 'cut-off':
      return facts.cutoffCause === 'stopped'
        ? { kind: 'stopped', word: 'stopped', detail: null }
        : toDeadlineOutcome(facts.phase)
    case 'failed':
      return toFailed(exchange.error, facts)
  }
}

function toFailed(error: Error, { phase, interimStatus, socketError }: ExchangeFacts): AttemptOutcome {
  // Such as the alert with which a receiver refuses a certificate, before it closes the connection.
  const outcome = toErrorOutcome(phase === 'exchange' ? (socketError ?? error) : error, phase)
  const isAll = outcome.word === 'http.1xx' || outcome.word === 'answer.closed'
  return isAll && interimStatus !== null ? toAnswered(interimStatus, null) : outcome
}

function toAnswered(
  status: number,
  retryAfterMs: number | null,
  detail: string | null = null,
): AttemptOutcome {
  return { kind: 'answered', word: toStatusWord(status), status, retryAfterMs, detail }
}

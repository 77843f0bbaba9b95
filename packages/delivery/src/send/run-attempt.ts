import type { AttemptOutcome, AttemptRecord, Clock } from '@posthorn/core'
import type { AddressPolicy } from '../address/address-policy.ts'
import { toAnswerExcerpt } from './answer-excerpt.ts'
import type { Answer } from './answer-reader.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { type Cutoff, createCutoff } from './cutoff.ts'
import { exchange } from './exchange.ts'
import { toExchangeOutcome } from './exchange-outcome.ts'
import { resendOnce, type Tried } from './resend.ts'
import type { SendRecord, SendRequest } from './send-request.ts'

/** What an attempt works with. */
export interface AttemptContext {
  readonly policy: AddressPolicy
  readonly pool: ConnectionPool
  readonly clock: Clock
  readonly maxAnswerBytes: number
  readonly maxExcerptLength: number
}

/** How an attempt ended. */
interface Ending {
  readonly outcome: AttemptOutcome
  readonly isResent: boolean
  /** Of the answer; null if no status arrived. */
  readonly answer: Answer | null
}

/**
 * One attempt under one deadline, and its record in every case.
 *
 *   judge the URL → take a connection → look up and judge → connect → TLS → send → read the answer → outcome
 *
 * The URL is judged before each request, since a literal address needs no look-up; the addresses of a name are judged in the
 * look-up of the socket that dials them.
 */
export async function runAttempt(
  request: SendRequest,
  stop: AbortSignal | undefined,
  context: AttemptContext,
): Promise<SendRecord> {
  const startedAt = performance.now()
  const cutoff = createCutoff(request.deadlineMs, stop)
  const { outcome, isResent, answer } = await end(request, cutoff, context)
  cutoff.dispose()
  return {
    outcome,
    durationMs: Math.round(performance.now() - startedAt),
    isResent,
    certificateVerification: toVerification(request),
    answerExcerpt: answer === null ? null : toAnswerExcerpt(answer.body, context.maxExcerptLength),
  }
}

async function end(request: SendRequest, cutoff: Cutoff, context: AttemptContext): Promise<Ending> {
  try {
    const verdict = context.policy.judgeUrl(request.url)
    return verdict.kind === 'refused'
      ? withoutRequest({ kind: 'blocked', word: 'target.blocked', detail: verdict.reason })
      : await resendOnce((isFresh) => tryOnce(request, isFresh, cutoff, context))
  } catch (error) {
    // Nothing above rejects for what a receiver does, so the fault is of this package or of a function of the host.
    const detail = error instanceof Error ? error.name : typeof error
    return withoutRequest({ kind: 'own-fault', word: 'local.failed', detail })
  }
}

/** One request over one connection. */
async function tryOnce(
  request: SendRequest,
  isFresh: boolean,
  cutoff: Cutoff,
  { pool, clock, maxAnswerBytes }: AttemptContext,
): Promise<Tried & Omit<Ending, 'isResent'>> {
  const { url, profile } = request
  const connection = isFresh ? pool.open(url, profile) : pool.take(url, profile)
  const result = await exchange(connection, request, maxAnswerBytes, cutoff)
  const { phase, isClosedByPeer } = connection
  const outcome = toExchangeOutcome(result, {
    phase,
    isClosedByPeer,
    cutoffCause: cutoff.cause,
    now: clock.now(),
  })
  if (result.kind === 'answered') {
    if (result.isWhole) pool.giveBack(connection)
    return { outcome, answer: result.answer, isStale: false }
  }
  const isUnread = result.kind === 'failed' && !result.hasBegun && outcome.word === 'answer.closed'
  return { outcome, answer: null, isStale: isUnread && connection.isUsed }
}

function withoutRequest(outcome: AttemptOutcome): Ending {
  return { outcome, isResent: false, answer: null }
}

function toVerification({ url, profile }: SendRequest): AttemptRecord['certificateVerification'] {
  if (url.protocol !== 'https:') return 'none'
  return profile.verifiesCertificates ? 'verified' : 'skipped'
}

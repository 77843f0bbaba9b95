import type { AttemptOutcome, AttemptPhases, AttemptRecord, Clock } from '@posthorn/core'
import type { AddressPolicy } from '../address/address-policy.ts'
import { toUrlHost, toUrlPort } from '../address/host-name.ts'
import type { LookUpOutage } from '../address/look-up-outage.ts'
import type { AddressVerdict } from '../address/target-verdict.ts'
import { toAnswerExcerpt } from './answer-excerpt.ts'
import type { Answer } from './answer-reader.ts'
import type { Connection } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { type Cutoff, createCutoff } from './cutoff.ts'
import { exchange, type TimedExchange } from './exchange.ts'
import { toExchangeOutcome } from './exchange-outcome.ts'
import { noPhases } from './phase-times.ts'
import { resendOnce, type Tried } from './resend.ts'
import type { SendRecord, SendRequest } from './send-request.ts'
import { shortenDetail } from './shorten-detail.ts'

/** What an attempt works with. */
export interface AttemptContext {
  readonly policy: AddressPolicy
  readonly pool: ConnectionPool
  readonly outage: LookUpOutage
  /** Whether a proxy looks names up, so that they can be judged by name only. */
  readonly isProxied: boolean
  readonly clock: Clock
  readonly maxAnswerBytes: number
  readonly maxExcerptLength: number
}

/** How an attempt ended. */
interface Ending {
  readonly outcome: AttemptOutcome
  readonly isResent: boolean
  readonly phases: AttemptPhases
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
  const { outcome, isResent, phases, answer } = await end(request, cutoff, context)
  cutoff.dispose()
  return {
    outcome,
    durationMs: Math.round(performance.now() - startedAt),
    phases,
    isResent,
    certificateVerification: toVerification(request),
    answerExcerpt: answer === null ? null : toAnswerExcerpt(answer.body, context.maxExcerptLength),
  }
}

async function end(request: SendRequest, cutoff: Cutoff, context: AttemptContext): Promise<Ending> {
  try {
    const refusal = refuseUrl(request.url, context)
    return refusal !== null
      ? withoutRequest({ kind: 'blocked', word: 'target.blocked', detail: shortenDetail(refusal.reason) })
      : await resendOnce((isFresh) => tryOnce(request, isFresh, cutoff, context))
  } catch (error) {
    // Nothing above rejects for what a receiver does, so the fault is of this package or of a function of the host.
    const detail = shortenDetail(error instanceof Error ? error.name : typeof error)
    return withoutRequest({ kind: 'own-fault', word: 'local.failed', detail })
  }
}

/** What can be said before anything is opened; null if nothing speaks against it so far. */
function refuseUrl(url: URL, { policy, isProxied }: AttemptContext): AddressVerdict | null {
  const verdict = policy.judgeUrl(url)
  if (verdict.kind === 'refused') return verdict
  if (verdict.kind === 'allowed' || !isProxied) return null
  const byName = policy.judgeName({ host: toUrlHost(url).text, port: toUrlPort(url) })
  return byName.kind === 'refused' ? byName : null
}

/** One request over one connection. */
async function tryOnce(
  request: SendRequest,
  isFresh: boolean,
  cutoff: Cutoff,
  { pool, clock, outage, maxAnswerBytes }: AttemptContext,
): Promise<Tried & Omit<Ending, 'isResent'>> {
  const { url, profile } = request
  const connection = isFresh ? pool.open(url, profile) : pool.take(url, profile)
  const timed = await exchange(connection, request, maxAnswerBytes, cutoff)
  const { result } = timed
  const { phase, interimStatus, socketError } = connection
  const phases = toPhases(connection, timed)
  const plain = toExchangeOutcome(result, {
    url,
    phase,
    interimStatus,
    socketError,
    cutoffCause: cutoff.cause,
    now: clock.now(),
  })
  const outcome = withOutage(plain, url, outage)
  if (result.kind === 'answered') {
    if (result.isWhole) pool.giveBack(connection)
    return { outcome, phases, answer: result.answer, isStale: false }
  }
  const isUnread = result.kind === 'failed' && !result.hasBegun && outcome.word === 'answer.closed'
  return { outcome, phases, answer: null, isStale: isUnread && connection.isUsed }
}

/** Opening the socket is part of the exchange only if it was opened for it. */
function toPhases({ times }: Connection, { startedAt, firstByteAt }: TimedExchange): AttemptPhases {
  const isFresh = times.lastAt >= startedAt
  const sentAt = Math.max(times.lastAt, startedAt)
  return {
    ...(isFresh ? times.read() : noPhases),
    firstByteMs: firstByteAt === null ? null : Math.round(firstByteAt - sentAt),
  }
}

/** A look-up that failed while all of them do is a fault of our own side. */
function withOutage(outcome: AttemptOutcome, url: URL, outage: LookUpOutage): AttemptOutcome {
  if (outcome.word === 'dns.not-found') outage.answered()
  if (outcome.word !== 'dns.failed' && outcome.word !== 'dns.timeout') return outcome
  return outage.failed(toUrlHost(url).text)
    ? { kind: 'own-fault', word: 'local.dns', detail: outcome.detail }
    : outcome
}

function withoutRequest(outcome: AttemptOutcome): Ending {
  return { outcome, isResent: false, phases: noPhases, answer: null }
}

function toVerification({ url, profile }: SendRequest): AttemptRecord['certificateVerification'] {
  if (url.protocol !== 'https:') return 'none'
  return profile.verifiesCertificates ? 'verified' : 'skipped'
}

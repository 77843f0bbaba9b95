import type { AttemptOutcome, OutcomeWord } from '@posthorn/core'
import { errors } from 'undici'
import { LookUpError, TargetRefusedError } from '../address/look-up-error.ts'
import type { ExchangePhase } from './exchange-phase.ts'
import { ProxyError } from './proxy-error.ts'
import { shortenDetail } from './shorten-detail.ts'

type WordTable = Readonly<Record<string, OutcomeWord>>

/** What an error means in whatever phase it comes. */
const anyPhaseWords: WordTable = {
  EMFILE: 'local.exhausted',
  ENFILE: 'local.exhausted',
  ENOMEM: 'local.exhausted',
  ENOBUFS: 'local.exhausted',
  EADDRNOTAVAIL: 'local.exhausted',
  EAI_MEMORY: 'local.exhausted',
  UND_ERR_INVALID_ARG: 'local.failed',
  UND_ERR_NOT_SUPPORTED: 'local.failed',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'local.failed',
}

const noRouteWords: WordTable = {
  ENETUNREACH: 'local.no-route',
  ENETDOWN: 'local.no-route',
  ENONET: 'local.no-route',
}

/**
 * What an error means in the phase it comes in. The same code can come from a name server and from the receiver, so there is
 * one table for each phase.
 */
const phaseWords: Readonly<Record<ExchangePhase, WordTable>> = {
  'look-up': {
    ENOTFOUND: 'dns.not-found',
    ENODATA: 'dns.not-found',
    EAI_NONAME: 'dns.not-found',
    EAI_NODATA: 'dns.not-found',
    ETIMEOUT: 'dns.timeout',
    ETIMEDOUT: 'dns.timeout',
  },
  // Whatever befalls the way to the proxy is of our own side.
  proxy: {},
  connect: {
    ...noRouteWords,
    ECONNREFUSED: 'connect.refused',
    ECONNRESET: 'connect.reset',
    ECONNABORTED: 'connect.reset',
    EPIPE: 'connect.reset',
    ETIMEDOUT: 'connect.timeout',
  },
  tls: {
    ...noRouteWords,
    ECONNRESET: 'connect.reset',
    ECONNABORTED: 'connect.reset',
    EPIPE: 'connect.reset',
    ETIMEDOUT: 'connect.timeout',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.self-signed',
    SELF_SIGNED_CERT_IN_CHAIN: 'tls.untrusted',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls.untrusted',
    UNABLE_TO_GET_ISSUER_CERT: 'tls.untrusted',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls.untrusted',
    CERT_UNTRUSTED: 'tls.untrusted',
    CERT_REJECTED: 'tls.untrusted',
    CERT_REVOKED: 'tls.untrusted',
    CERT_CHAIN_TOO_LONG: 'tls.untrusted',
    CERT_SIGNATURE_FAILURE: 'tls.untrusted',
    INVALID_CA: 'tls.untrusted',
    INVALID_PURPOSE: 'tls.untrusted',
    PATH_LENGTH_EXCEEDED: 'tls.untrusted',
    CERT_HAS_EXPIRED: 'tls.expired',
    CERT_NOT_YET_VALID: 'tls.not-yet-valid',
    ERR_TLS_CERT_ALTNAME_INVALID: 'tls.host-mismatch',
    HOSTNAME_MISMATCH: 'tls.host-mismatch',
  },
  exchange: {
    ...noRouteWords,
    ECONNRESET: 'answer.closed',
    ECONNABORTED: 'answer.closed',
    EPIPE: 'answer.closed',
    UND_ERR_SOCKET: 'answer.closed',
    UND_ERR_HEADERS_OVERFLOW: 'answer.too-large',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'answer.malformed',
    ANSWER_UNASKED: 'answer.malformed',
    ANSWER_NOT_HTTP: 'answer.malformed',
    ANSWER_TOO_LARGE: 'answer.too-large',
    ANSWER_INTERIM: 'http.1xx',
  },
}

/** What beginnings of codes mean: those of the HTTP parser and of TLS. */
const prefixWords: readonly (readonly [prefix: string, word: OutcomeWord])[] = [
  ['HPE_', 'answer.malformed'],
  ['ERR_SSL_', 'tls.failed'],
  ['ERR_TLS_', 'tls.failed'],
]

/** What an error means that no table names. */
const otherwiseWords: Readonly<Record<ExchangePhase, OutcomeWord>> = {
  'look-up': 'dns.failed',
  proxy: 'local.proxy',
  connect: 'connect.unreachable',
  tls: 'tls.failed',
  exchange: 'network.failed',
}

/** What it means that the deadline came in a phase. */
const deadlineWords: Readonly<Record<ExchangePhase, OutcomeWord>> = {
  'look-up': 'dns.timeout',
  proxy: 'local.proxy',
  connect: 'connect.timeout',
  tls: 'timeout.total',
  exchange: 'timeout.total',
}

/** The outcome of an attempt that ended with an error before a status arrived. Never reads a message. */
export function toErrorOutcome(error: unknown, phase: ExchangePhase): AttemptOutcome {
  if (error instanceof TargetRefusedError) {
    return { kind: 'blocked', word: 'target.blocked', detail: shortenDetail(error.verdict.reason) }
  }
  if (error instanceof ProxyError) return toProxyOutcome(error)
  const facts = listFacts(error, 0)
  const words = facts.flatMap(({ code }) => findWord(code, phase) ?? [])
  // Of several addresses tried, one that the receiver answered for tells more than one that we had no route to.
  const word = words.find((found) => !isLocal(found)) ?? words[0] ?? otherwiseWords[phase]
  const told = facts.map(({ code, place }) => (place === null ? code : `${code} ${place}`)).join(', ')
  const detail = told === '' ? null : shortenDetail(told)
  return withKind(word, detail)
}

/** A proxy that forbids a target has an address policy of its own; any other answer is a fault between it and us. */
function toProxyOutcome({ status, cause }: ProxyError): AttemptOutcome {
  const codes = listFacts(cause, 0).map(({ code }) => `, ${code}`)
  const detail = shortenDetail(
    status === null ? `the proxy did not answer${codes.join('')}` : `the proxy answered ${status}`,
  )
  return status === 403
    ? { kind: 'blocked', word: 'target.blocked', detail }
    : { kind: 'own-fault', word: 'local.proxy', detail }
}

function withKind(word: OutcomeWord, detail: string | null): AttemptOutcome {
  return isLocal(word) ? { kind: 'own-fault', word, detail } : { kind: 'unanswered', word, detail }
}

/** The outcome of an attempt that was not answered by its deadline. */
export function toDeadlineOutcome(phase: ExchangePhase): AttemptOutcome {
  return withKind(deadlineWords[phase], `deadline reached in phase ${phase}`)
}

interface ErrorFacts {
  readonly code: string
  /** Address and port, where the error names them. */
  readonly place: string | null
}

/** Deeper causes than this say nothing new. */
const maxDepth = 4

/** The codes of an error: its own, those of the addresses tried, those of its causes. */
function listFacts(error: unknown, depth: number): readonly ErrorFacts[] {
  if (!(error instanceof Error) || depth > maxDepth) return []
  if (error instanceof AggregateError) {
    return error.errors.flatMap((inner: unknown) => listFacts(inner, depth + 1))
  }
  if (error instanceof LookUpError) return [{ code: error.resolverCode, place: null }]
  // undici 8.12 means to set a code such as HPE_INVALID_CONSTANT, and sets none.
  if (error instanceof errors.HTTPParserError) return [{ code: 'HPE_INVALID', place: null }]
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  const own = code === null ? [] : [{ code, place: readPlace(error) }]
  return [...own, ...listFacts(error.cause, depth + 1).filter((inner) => inner.code !== code)]
}

function readPlace(error: Error): string | null {
  if (!('address' in error) || !('port' in error)) return null
  const { address, port } = error
  if (typeof address !== 'string' || typeof port !== 'number') return null
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function findWord(code: string, phase: ExchangePhase): OutcomeWord | undefined {
  return (
    readWord(anyPhaseWords, code) ??
    readWord(phaseWords[phase], code) ??
    (phase === 'proxy' ? undefined : prefixWords.find(([prefix]) => code.startsWith(prefix))?.[1])
  )
}

/** Codes come from the host's resolver too, so one may be called `constructor`. */
function readWord(table: WordTable, code: string): OutcomeWord | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined
}

function isLocal(word: OutcomeWord): boolean {
  return word.startsWith('local.')
}

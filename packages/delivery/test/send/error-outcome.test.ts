import { outcomeWords } from '@posthorn/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LookUpError, TargetRefusedError } from '../../src/address/look-up-error.ts'
import { toDeadlineOutcome, toErrorOutcome } from '../../src/send/error-outcome.ts'
import type { ExchangePhase } from '../../src/send/exchange-phase.ts'
import { ProxyError } from '../../src/send/proxy-error.ts'

function errorWith(code: string, fields: object = {}): Error {
  return Object.assign(new Error('messages are never read'), { code, ...fields })
}

describe('an error code', () => {
  test.for<[ExchangePhase, string, string, string]>([
    ['connect', 'ECONNREFUSED', 'unanswered', 'connect.refused'],
    ['connect', 'ECONNRESET', 'unanswered', 'connect.reset'],
    ['connect', 'ETIMEDOUT', 'unanswered', 'connect.timeout'],
    ['connect', 'EHOSTUNREACH', 'unanswered', 'connect.unreachable'],
    ['connect', 'EACCES', 'unanswered', 'connect.unreachable'],
    ['connect', 'ENETUNREACH', 'own-fault', 'local.no-route'],
    ['connect', 'EADDRNOTAVAIL', 'own-fault', 'local.exhausted'],
    ['connect', 'EMFILE', 'own-fault', 'local.exhausted'],
    ['connect', 'ENFILE', 'own-fault', 'local.exhausted'],
    ['connect', 'ENOMEM', 'own-fault', 'local.exhausted'],
    ['tls', 'ECONNRESET', 'unanswered', 'connect.reset'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'unanswered', 'tls.self-signed'],
    ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'unanswered', 'tls.untrusted'],
    ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unanswered', 'tls.untrusted'],
    ['tls', 'CERT_HAS_EXPIRED', 'unanswered', 'tls.expired'],
    ['tls', 'CERT_NOT_YET_VALID', 'unanswered', 'tls.not-yet-valid'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'unanswered', 'tls.host-mismatch'],
    ['tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'unanswered', 'tls.failed'],
    ['tls', 'ESOMETHING', 'unanswered', 'tls.failed'],
    ['exchange', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'unanswered', 'tls.failed'],
    ['exchange', 'ECONNRESET', 'unanswered', 'answer.closed'],
    ['exchange', 'EPIPE', 'unanswered', 'answer.closed'],
    ['exchange', 'UND_ERR_SOCKET', 'unanswered', 'answer.closed'],
    ['exchange', 'UND_ERR_HEADERS_OVERFLOW', 'unanswered', 'answer.too-large'],
    ['exchange', 'HPE_INVALID_CONSTANT', 'unanswered', 'answer.malformed'],
    ['exchange', 'ESOMETHING', 'unanswered', 'network.failed'],
    // On the way to an https proxy these are the proxy's.
    ['proxy', 'ERR_SSL_WRONG_VERSION_NUMBER', 'own-fault', 'local.proxy'],
    ['proxy', 'ERR_TLS_CERT_ALTNAME_INVALID', 'own-fault', 'local.proxy'],
    ['proxy', 'HPE_INVALID_CONSTANT', 'own-fault', 'local.proxy'],
    ['proxy', 'CERT_HAS_EXPIRED', 'own-fault', 'local.proxy'],
    ['proxy', 'ECONNREFUSED', 'own-fault', 'local.proxy'],
    ['look-up', 'UND_ERR_INVALID_ARG', 'own-fault', 'local.failed'],
    ['exchange', 'constructor', 'unanswered', 'network.failed'],
  ])('in phase %s, %s is %s %s', ([phase, code, kind, word]) => {
    expect(toErrorOutcome(errorWith(code), phase)).toEqual({ kind, word, detail: code })
  })
})

test.for<[string, string]>([
  ['ENOTFOUND', 'dns.not-found'],
  ['ENODATA', 'dns.not-found'],
  ['EAI_AGAIN', 'dns.failed'],
  ['ESERVFAIL', 'dns.failed'],
  ['ECONNREFUSED', 'dns.failed'],
  ['ENETUNREACH', 'dns.failed'],
  ['ETIMEOUT', 'dns.timeout'],
  ['EMFILE', 'local.exhausted'],
])('a look-up that failed with %s is %s', ([code, word]) => {
  const error = new LookUpError(code, errorWith('ENETUNREACH'))
  expect(toErrorOutcome(error, 'look-up')).toMatchObject({ word, detail: code })
})

test('a refused target is blocked, and only the operator reads why', () => {
  const verdict = { kind: 'refused', rule: 'default', reason: '10.0.0.1 is private' } as const
  expect(toErrorOutcome(new TargetRefusedError(verdict), 'look-up')).toEqual({
    kind: 'blocked',
    word: 'target.blocked',
    detail: '10.0.0.1 is private',
  })
})

test('of several addresses tried, what one of them answered counts more than a missing route', () => {
  const error = new AggregateError([
    errorWith('ENETUNREACH', { address: '2001:db8::1', port: 443 }),
    errorWith('ECONNREFUSED', { address: '192.0.2.1', port: 443 }),
  ])
  expect(toErrorOutcome(errorWith('ETIMEDOUT', { cause: error }), 'connect').word).toBe('connect.timeout')
  expect(toErrorOutcome(error, 'connect')).toEqual({
    kind: 'unanswered',
    word: 'connect.refused',
    detail: 'ENETUNREACH [2001:db8::1]:443, ECONNREFUSED 192.0.2.1:443',
  })
})

test('without a route to any address the fault is ours', () => {
  const error = new AggregateError([errorWith('ENETUNREACH'), errorWith('ENETUNREACH')])
  expect(toErrorOutcome(error, 'connect')).toMatchObject({ kind: 'own-fault', word: 'local.no-route' })
})

test('a code is found in the causes of an error that says nothing itself', () => {
  const error = new Error('outer', { cause: new Error('middle', { cause: errorWith('ECONNREFUSED') }) })
  expect(toErrorOutcome(error, 'connect').word).toBe('connect.refused')
})

test('causes that lead round in a circle come to an end', () => {
  const error = new Error('round')
  error.cause = error
  expect(toErrorOutcome(error, 'exchange')).toEqual({
    kind: 'unanswered',
    word: 'network.failed',
    detail: null,
  })
})

test('any error at all has a word of the vocabulary', () => {
  const phases = fc.constantFrom<ExchangePhase>('look-up', 'connect', 'tls', 'exchange')
  fc.assert(
    fc.property(fc.anything(), fc.string(), phases, (thrown, code, phase) => {
      expect(outcomeWords).toHaveProperty([toErrorOutcome(thrown, phase).word])
      expect(outcomeWords).toHaveProperty([toErrorOutcome(errorWith(code, { cause: thrown }), phase).word])
    }),
  )
})

test.for<[ExchangePhase, string]>([
  ['look-up', 'dns.timeout'],
  ['connect', 'connect.timeout'],
  ['tls', 'timeout.total'],
  ['exchange', 'timeout.total'],
])('a deadline reached in phase %s is %s', ([phase, word]) => {
  expect(toDeadlineOutcome(phase)).toMatchObject({ kind: 'unanswered', word })
})

test('a detail is as long as a person would read, whatever it tells of', () => {
  const long = 'x'.repeat(10_000)
  const verdict = { kind: 'refused', rule: 'deny', reason: `${long} is denied` } as const
  const errors = [
    new LookUpError(long),
    new TargetRefusedError(verdict),
    new ProxyError(null, errorWith(long)),
    new AggregateError(Array.from({ length: 1_000 }, () => errorWith('ECONNREFUSED'))),
  ]
  for (const error of errors) expect(toErrorOutcome(error, 'connect').detail).toHaveLength(500)
})

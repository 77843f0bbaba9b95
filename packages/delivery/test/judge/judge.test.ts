import {
  type AttemptOutcome,
  bitbucketCloudSchedule,
  defaultSchedule,
  type OutcomeWord,
  resolveSchedule,
} from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import { type JudgeContext, judge } from '../../src/judge/judge.ts'

const context: JudgeContext = {
  delivery: { attemptNumber: 1, countedAttemptCount: 0, isPing: false },
  schedule: { ...defaultSchedule, jitter: 0 },
  probes: { subscription: false, lane: false },
  isOrdered: false,
  leaseMs: 60_000,
  random: 0.5,
}

const answered = (status: number, retryAfterMs: number | null = null): AttemptOutcome => ({
  kind: 'answered',
  word: status >= 500 ? 'http.5xx' : status >= 400 ? 'http.4xx' : status >= 300 ? 'http.3xx' : 'http.2xx',
  status,
  retryAfterMs,
  detail: null,
})
const unanswered = (word: OutcomeWord): AttemptOutcome => ({ kind: 'unanswered', word, detail: null })

const after = (countedAttemptCount: number): JudgeContext => ({
  ...context,
  delivery: { attemptNumber: countedAttemptCount + 1, countedAttemptCount, isPing: false },
})

describe('what becomes of a delivery after an attempt', () => {
  test.for([200, 201, 204, 299])('a status of %i is a delivery', (status) => {
    const verdict = judge(answered(status), context)
    expect(verdict).toMatchObject({
      isCounted: true,
      next: { kind: 'final', state: 'delivered' },
      signal: { kind: 'succeeded' },
    })
  })

  test.for([408, 425, 429, 500, 503, 599])('a status of %i runs the whole schedule', (status) => {
    expect(judge(answered(status), context).next).toEqual({
      kind: 'retry',
      delayMs: 5_000,
      isSetAside: false,
    })
    expect(judge(answered(status), after(6)).next).toMatchObject({ kind: 'retry', delayMs: 36_000_000 })
    expect(judge(answered(status), after(7)).next).toEqual({
      kind: 'final',
      state: 'exhausted',
      reason: 'attempts',
    })
  })

  test.for([301, 302, 307, 400, 401, 403, 404, 413, 499])(
    'a status of %i ends after three attempts',
    (status) => {
      expect(judge(answered(status), after(1)).next).toMatchObject({ kind: 'retry', delayMs: 300_000 })
      expect(judge(answered(status), after(2)).next).toMatchObject({ kind: 'final', state: 'exhausted' })
      expect(judge(answered(status), context).signal).toMatchObject({ kind: 'failed', isRetryable: false })
    },
  )

  test('a status of 410 ends the delivery and tells that the receiver is gone', () => {
    const verdict = judge(answered(410), context)
    expect(verdict.next).toMatchObject({ kind: 'final', state: 'exhausted' })
    expect(verdict.signal).toEqual({ kind: 'gone' })
  })

  test.for<OutcomeWord>([
    'dns.not-found',
    'connect.refused',
    'timeout.total',
    'dns.timeout',
    'connect.timeout',
    'answer.closed',
    'network.failed',
  ])('no answer because of %s runs the whole schedule', (word) => {
    expect(judge(unanswered(word), context).next).toMatchObject({ kind: 'retry', delayMs: 5_000 })
    expect(judge(unanswered(word), context).signal).toMatchObject({
      isRetryable: true,
      isTimeout: word.includes('timeout'),
    })
  })

  test.for<OutcomeWord>(['tls.expired', 'tls.self-signed', 'tls.failed'])(
    '%s waits 30 minutes at least',
    (word) => {
      expect(judge(unanswered(word), context).next).toMatchObject({ kind: 'retry', delayMs: 1_800_000 })
      expect(judge(unanswered(word), after(3)).next).toMatchObject({ kind: 'retry', delayMs: 7_200_000 })
    },
  )

  test('a refused address ends after three attempts', () => {
    const blocked: AttemptOutcome = { kind: 'blocked', word: 'target.blocked', detail: null }
    expect(judge(blocked, after(1)).next).toMatchObject({ kind: 'retry' })
    expect(judge(blocked, after(2)).next).toMatchObject({ kind: 'final', state: 'exhausted' })
  })

  test.for<AttemptOutcome>([
    { kind: 'own-fault', word: 'local.exhausted', detail: null },
    { kind: 'stopped', word: 'stopped', detail: null },
  ])('a fault of our own side ($word) uses up no attempt and says nothing of the receiver', (outcome) => {
    const verdict = judge(outcome, after(7))
    expect(verdict).toMatchObject({ isCounted: false, next: { kind: 'release' }, signal: { kind: 'silent' } })
  })

  test('faults of our own side wait longer each time, up to ten minutes', () => {
    const fault: AttemptOutcome = { kind: 'own-fault', word: 'local.secret-unreadable', detail: null }
    const waits = [1, 2, 3, 20].map((attemptNumber) => {
      const delivery = { attemptNumber, countedAttemptCount: 0, isPing: false }
      return judge(fault, { ...context, delivery }).next
    })
    expect(waits).toEqual([5_000, 10_000, 20_000, 600_000].map((delayMs) => ({ kind: 'release', delayMs })))
  })

  test('a delivery whose body is gone is discarded', () => {
    const fault: AttemptOutcome = { kind: 'own-fault', word: 'local.body-missing', detail: null }
    expect(judge(fault, context).next).toEqual({
      kind: 'final',
      state: 'discarded',
      reason: 'retention-bound',
    })
  })

  const ofSubscription = { subscription: true, lane: false }
  const ofLane = { subscription: false, lane: true }

  test.for([
    ['of a subscription that failed', ofSubscription, answered(503)],
    ['of a subscription that got no answer', ofSubscription, unanswered('connect.refused')],
    ['of a lane that got no answer', ofLane, unanswered('connect.refused')],
  ] as const)('a probe %s uses up no attempt, and does not go again at once', ([, probes, outcome]) => {
    const verdict = judge(outcome, { ...after(7), probes })
    expect(verdict).toMatchObject({
      isCounted: false,
      next: { kind: 'release' },
      signal: { kind: 'failed', isExhausted: false },
    })
    expect(verdict.next.kind === 'release' && verdict.next.delayMs).toBeGreaterThanOrEqual(1_000)
  })

  const refusedForGood: AttemptOutcome = { kind: 'blocked', word: 'target.blocked', detail: null }
  test.for([
    ['of a subscription that was refused for good', ofSubscription, answered(400)],
    ['of a subscription whose target is forbidden', ofSubscription, refusedForGood],
    ['of a lane that got an answer', ofLane, answered(503)],
    ['of a lane whose target is forbidden', ofLane, refusedForGood],
  ] as const)('a probe %s is judged like any other attempt', ([, probes, outcome]) => {
    expect(judge(outcome, { ...context, probes })).toMatchObject({ isCounted: true, next: { kind: 'retry' } })
  })

  test('a ping has one attempt', () => {
    const verdict = judge(answered(503), {
      ...context,
      delivery: { attemptNumber: 1, countedAttemptCount: 0, isPing: true },
    })
    expect(verdict.next).toMatchObject({ kind: 'final', state: 'exhausted' })
    expect(verdict.signal).toMatchObject({ isExhausted: false })
  })
})

describe('Retry-After', () => {
  test('is never sooner than the schedule', () => {
    expect(judge(answered(429, 1_000), context).next).toMatchObject({ kind: 'retry', delayMs: 5_000 })
    expect(judge(answered(429, 60_000), context).next).toMatchObject({ kind: 'retry', delayMs: 60_000 })
  })

  test('is honoured up to 24 hours', () => {
    expect(judge(answered(503, 10 ** 12), context).next).toMatchObject({ kind: 'retry', delayMs: 86_400_000 })
  })

  test('turns a quick retry into a wait in the store', () => {
    const quick = { ...context, schedule: resolveSchedule({ delaysMs: [0, 500] }) }
    expect(judge(answered(503), quick).next).toEqual({ kind: 'hold', leaseMs: 60_000 })
    expect(judge(answered(503, 2_000), quick).next).toMatchObject({ kind: 'retry', delayMs: 2_000 })
  })
})

describe('quick retries', () => {
  test('a delay of a second or less keeps the lease', () => {
    const verdict = judge(answered(503), { ...context, schedule: resolveSchedule({ delaysMs: [0, 1_000] }) })
    expect(verdict).toMatchObject({ isCounted: true, next: { kind: 'hold' }, quickDelayMs: 1_000 })
  })

  test('a longer delay goes back to the store', () => {
    const verdict = judge(answered(503), { ...context, schedule: resolveSchedule({ delaysMs: [0, 1_001] }) })
    expect(verdict).toMatchObject({ next: { kind: 'retry', delayMs: 1_001 }, quickDelayMs: null })
  })
})

describe('the schedule of Bitbucket Cloud', () => {
  const cloud = { ...context, schedule: bitbucketCloudSchedule }

  test('tries twice more at once after 5xx, time-outs and failures of the network', () => {
    for (const outcome of [answered(503), unanswered('timeout.total'), unanswered('connect.refused')]) {
      expect(judge(outcome, cloud)).toMatchObject({ next: { kind: 'hold' }, quickDelayMs: 0 })
    }
  })

  test('is final after everything else', () => {
    for (const outcome of [answered(429), answered(404), answered(302), unanswered('tls.expired')]) {
      expect(judge(outcome, cloud).next).toMatchObject({ kind: 'final', state: 'exhausted' })
    }
  })
})

describe('ordered queues', () => {
  test('the head is set aside after its third failure', () => {
    const ordered = (count: number): JudgeContext => ({ ...after(count), isOrdered: true })
    expect(judge(answered(503), ordered(1)).next).toMatchObject({ isSetAside: false })
    expect(judge(answered(503), ordered(2)).next).toMatchObject({ isSetAside: true })
  })
})

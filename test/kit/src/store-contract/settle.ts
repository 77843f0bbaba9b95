import {
  type AttemptOutcome,
  type FinalReason,
  type FinalState,
  maxAttemptsKept,
  nextDueInMs,
} from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  claimWith,
  delivered,
  readDelivery,
  sampleAttempt,
  settleOne,
} from './samples.ts'

const ends: readonly { readonly state: FinalState; readonly reason: FinalReason | null }[] = [
  { state: 'delivered', reason: null },
  { state: 'exhausted', reason: 'attempts' },
  { state: 'exhausted', reason: 'age' },
  { state: 'cancelled', reason: 'by-host' },
]

const outcomes: readonly AttemptOutcome[] = [
  { kind: 'answered', word: 'http.5xx', status: 500, retryAfterMs: 60_000, detail: null },
  { kind: 'unanswered', word: 'timeout.total', detail: 'after 10 s' },
  { kind: 'own-fault', word: 'local.no-route', detail: null },
  { kind: 'stopped', word: 'stopped', detail: null },
]

export function settleContract(contractTest: ContractTest): void {
  for (const { state, reason } of ends) {
    contractTest(
      `a delivery ends as ${state}${reason === null ? '' : ` (${reason})`}`,
      async ({ one, two, ids, advance }) => {
        const id = await appendOne(one, ids, await addSubscription(one, ids))
        const claimed = await claimOne(one)
        await advance(40)
        expect(await settleOne(one, claimed, { kind: 'final', state, reason })).toBe('settled')
        const after = await readDelivery(two, id)
        expect(after).toMatchObject({ state, reason, attemptCount: 1, countedAttemptCount: 1, dueAt: null })
        expect(after.finishedAt).toBe(after.createdAt + 40)
        expect(await claimIds(two)).toEqual([])
        expect(await nextDueInMs(two)).toBeNull()
      },
    )
  }

  contractTest('a retry goes back into its queue for later', async ({ one, two, ids, advance }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one)
    await advance(40)
    await settleOne(one, claimed, { kind: 'retry', delayMs: 5_000, isSetAside: false })
    const after = await readDelivery(two, id)
    expect(after).toMatchObject({
      state: 'pending',
      attemptCount: 1,
      countedAttemptCount: 1,
      finishedAt: null,
    })
    expect(after.dueAt).toBe(after.createdAt + 5_040)
    await advance(4_999)
    expect(await claimIds(two)).toEqual([])
    await advance(1)
    expect(await claimIds(two)).toEqual([id])
  })

  contractTest(
    'a release goes back into its queue and may be uncounted',
    async ({ one, two, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const { token } = await claimOne(one)
      const next = { kind: 'release', delayMs: 100 } as const
      expect(await one.settle([{ token, attempt: sampleAttempt, isCounted: false, next }])).toEqual([
        'settled',
      ])
      expect(await readDelivery(two, id)).toMatchObject({
        state: 'pending',
        attemptCount: 1,
        countedAttemptCount: 0,
      })
      expect(await two.listAttempts(id)).toMatchObject([{ number: 1, isCounted: false }])
      await advance(100)
      expect(await claimOne(two)).toMatchObject({ deliveryId: id, attemptNumber: 2, countedAttemptCount: 0 })
    },
  )

  contractTest(
    'a hold records the attempt and keeps the lease for a new while',
    async ({ one, two, ids, advance }) => {
      const id = await appendOne(one, ids, await addSubscription(one, ids))
      const claimed = await claimOne(one, { leaseMs: 1_000 })
      await advance(900)
      expect(await settleOne(one, claimed, { kind: 'hold', leaseMs: 2_000 })).toBe('settled')
      await advance(1_999)
      expect(await claimIds(two)).toEqual([])
      expect(await readDelivery(two, id)).toMatchObject({ state: 'leased', attemptCount: 1 })
      expect(await settleOne(one, claimed, delivered)).toBe('settled')
      expect((await one.listAttempts(id)).map(({ number }) => number)).toEqual([1, 2])
    },
  )

  contractTest(
    'a hold whose lease runs out is taken over with what was recorded',
    async ({ one, two, ids, advance }) => {
      await appendOne(one, ids, await addSubscription(one, ids))
      await settleOne(one, await claimOne(one), { kind: 'hold', leaseMs: 500 })
      await advance(500)
      expect(await claimIds(two, { maxRetries: 0 })).toEqual([])
      expect(await claimOne(two)).toMatchObject({ attemptNumber: 2, countedAttemptCount: 1 })
    },
  )

  for (const outcome of outcomes) {
    contractTest(
      `an attempt that was ${outcome.kind} is read back as it was recorded`,
      async ({ one, two, ids, advance }) => {
        const id = await appendOne(one, ids, await addSubscription(one, ids))
        const { token, createdAt } = await claimOne(one)
        await advance(25)
        const attempt = { ...sampleAttempt, outcome, answerExcerpt: null, isResent: true }
        await one.settle([{ token, attempt, isCounted: false, next: delivered }])
        expect(await two.listAttempts(id)).toEqual([
          { ...attempt, deliveryId: id, number: 1, isCounted: false, endedAt: createdAt + 25 },
        ])
      },
    )
  }

  contractTest(
    'the members of a batch are settled each for itself, in the order given',
    async ({ one, two, ids }) => {
      const record = await addSubscription(one, ids)
      for (let count = 0; count < 3; count += 1) await appendOne(one, ids, record)
      const tokens = (await claimWith(one)).deliveries.map(({ token }) => token)
      const [first, second, third] = tokens
      const settlements = [first, 'unknown', second, third].map((token) => ({
        token: token ?? '',
        attempt: sampleAttempt,
        isCounted: true,
        next: delivered,
      }))
      expect(await two.settle(settlements)).toEqual(['settled', 'lease-lost', 'settled', 'settled'])
      expect(await two.settle(settlements)).toEqual(['lease-lost', 'lease-lost', 'lease-lost', 'lease-lost'])
      expect(await two.settle([])).toEqual([])
    },
  )

  contractTest('a hold and an end of one lease may stand in one batch', async ({ one, ids }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const { token } = await claimOne(one)
    const common = { token, attempt: sampleAttempt, isCounted: true }
    const outcomesOfBatch = await one.settle([
      { ...common, next: { kind: 'hold', leaseMs: 1_000 } },
      { ...common, next: delivered },
      { ...common, next: delivered },
    ])
    expect(outcomesOfBatch).toEqual(['settled', 'settled', 'lease-lost'])
    expect(await readDelivery(one, id)).toMatchObject({ state: 'delivered', attemptCount: 2 })
  })

  contractTest('of two settles of one lease at a time exactly one counts', async ({ one, two, ids }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one)
    const results = await Promise.all([
      settleOne(one, claimed, delivered),
      settleOne(two, claimed, delivered),
    ])
    expect([...results].sort()).toEqual(['lease-lost', 'settled'])
    expect(await one.listAttempts(id)).toHaveLength(1)
  })

  contractTest('the latest attempts are kept, numbered as they were', async ({ one, ids }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one)
    const count = maxAttemptsKept + 5
    for (let held = 0; held < count; held += 1)
      await settleOne(one, claimed, { kind: 'hold', leaseMs: 1_000 })
    const attempts = await one.listAttempts(id)
    expect(attempts).toHaveLength(maxAttemptsKept)
    expect(attempts[0]?.number).toBe(6)
    expect((await readDelivery(one, id)).attemptCount).toBe(count)
  })
}

import type { OutcomeWord } from 'posthorn'
import type { DemonstrationPush } from './demonstration-pushes.ts'
import type { DemonstrationWebhook } from './demonstration-webhooks.ts'

/** What came of a subscription of the demonstration. */
export interface Verdict {
  readonly webhook: DemonstrationWebhook
  /** The outcomes of its attempts, in order. */
  readonly words: readonly OutcomeWord[]
  /** The numbers of the pushes that its receiver accepted, from 1. */
  readonly arrivedPushes: readonly number[]
  /** What is not as expected; empty if all is. */
  readonly differences: readonly string[]
}

/** Compares what was tried and what the receiver saw with what the pushes should have brought. */
export function judgeWebhook(
  webhook: DemonstrationWebhook,
  words: readonly OutcomeWord[],
  pushes: readonly DemonstrationPush[],
): Verdict {
  const { dialect, receiver, expected, subscription } = webhook
  const expectedWords = pushes.flatMap((_, index) =>
    index === 0 ? expected.firstPush : expected.otherPushes,
  )
  const accepted = receiver.arrivals.filter(({ status, body }) => status === 200 && body?.dialect === dialect)
  const bodies = accepted.map(({ body }) => body?.refActions ?? '')
  const expectedBodies = expectedWords.includes('http.2xx')
    ? pushes.map((push) => push.refActions[dialect])
    : []
  const comparisons = [
    ['attempts', words, expectedWords],
    ['bodies', bodies, expectedBodies],
    [
      'refused requests',
      receiver.arrivals.filter(({ body }) => body === null).map(({ status }) => status),
      [],
    ],
    [
      'verified signatures',
      accepted.map((arrival) => arrival.isSignatureVerified),
      accepted.map(() => expected.isSigned),
    ],
  ] as const
  return {
    webhook,
    words,
    arrivedPushes: pushes.flatMap((push, index) =>
      bodies.includes(push.refActions[dialect]) ? [index + 1] : [],
    ),
    differences: comparisons
      .filter(([, got, wanted]) => got.join() !== wanted.join())
      .map(
        ([what, got, wanted]) =>
          `${subscription.title} (${dialect}): expected ${what} [${wanted.join(', ')}], got [${got.join(', ')}]`,
      ),
  }
}

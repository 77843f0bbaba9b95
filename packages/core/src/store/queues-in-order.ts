import { maxOrderKeysPerClaim } from './claim.ts'
import type { KeyBudget } from './key-visits.ts'

/**
 * The queues in line, then the others. Those in line may use up half of the order keys that a claim may visit, so that the cursor of the
 * others always gets on.
 */
export function* queuesInOrder<Queue>(
  inLine: Iterable<Queue>,
  others: Iterable<Queue>,
  budget: KeyBudget,
): Generator<Queue> {
  for (const queue of inLine) {
    yield queue
    if (budget.leftCount <= maxOrderKeysPerClaim / 2) break
  }
  yield* others
}

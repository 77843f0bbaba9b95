import { maxOrderKeysPerClaim, maxOrderKeysPerQueue } from './claim.ts'

/** How many order keys one claim may still visit, in all queues together. */
export interface KeyBudget {
  leftCount: number
}

/** A budget of `maxOrderKeysPerClaim` visits, for one claim. */
export function createKeyBudget(): KeyBudget {
  return { leftCount: maxOrderKeysPerClaim }
}

/**
 * Counts the visits of one claim to the order keys of one queue. They go round: behind the last key comes the first again, and each
 * key is visited once.
 */
export class KeyVisits {
  readonly #budget: KeyBudget
  #count = 0
  #hasPassedEnd = false
  #isDone = false

  constructor(budget: KeyBudget) {
    this.#budget = budget
  }

  /** Whether another key may be visited. */
  get mayGoOn(): boolean {
    return !this.#isDone && this.#count < maxOrderKeysPerQueue && this.#budget.leftCount > 0
  }

  /** Whether the visits ended because of a limit, and before they began again with the first key. */
  get isCutShort(): boolean {
    return this.#count > 0 && !this.#isDone && !this.#hasPassedEnd && !this.mayGoOn
  }

  /** @param isFirstKey whether the visits began again with the first key */
  visit(isFirstKey: boolean): void {
    if (isFirstKey && this.#count > 0) this.#hasPassedEnd = true
    this.#count += 1
    this.#budget.leftCount -= 1
  }

  /** Every key was visited. */
  end(): void {
    this.#isDone = true
  }
}

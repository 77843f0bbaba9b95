import type { AttemptRecord, ClaimedDelivery, OutcomeWord } from '@posthorn/core'
import { traceAttempt } from '../diagnostics/attempt-channel.ts'

/** Counts the attempts of one worker, and lets others trace them. */
export interface AttemptCounter {
  /** Attempts running now. */
  readonly inFlightCount: number
  /** Attempts that ended, by what became of them; also those that a fault of our own side ended before a request was made. */
  readonly attemptsByWord: Readonly<Partial<Record<OutcomeWord, number>>>
  during(delivery: ClaimedDelivery, attempt: () => Promise<AttemptRecord>): Promise<AttemptRecord>
}

export function createAttemptCounter(): AttemptCounter {
  const attemptsByWord: Partial<Record<OutcomeWord, number>> = {}
  let inFlightCount = 0
  return {
    attemptsByWord,
    get inFlightCount() {
      return inFlightCount
    },
    async during(delivery, attempt) {
      inFlightCount += 1
      try {
        const record = await traceAttempt(delivery, attempt)
        const { word } = record.outcome
        attemptsByWord[word] = (attemptsByWord[word] ?? 0) + 1
        return record
      } finally {
        inFlightCount -= 1
      }
    },
  }
}

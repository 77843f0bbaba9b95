import type { OutcomeWord } from '@posthorn/core'
import type { Sender } from '../send/sender.ts'

/** A sender that counts what it does. */
export interface CountingSender extends Sender {
  /** Attempts running now. */
  readonly inFlightCount: number
  /** Attempts that ended, by what became of them. */
  readonly attemptsByWord: Readonly<Partial<Record<OutcomeWord, number>>>
}

export function countAttempts(sender: Sender): CountingSender {
  const attemptsByWord: Partial<Record<OutcomeWord, number>> = {}
  let inFlightCount = 0
  return {
    attemptsByWord,
    get inFlightCount() {
      return inFlightCount
    },
    async send(request, signal) {
      inFlightCount += 1
      try {
        const record = await sender.send(request, signal)
        const { word } = record.outcome
        attemptsByWord[word] = (attemptsByWord[word] ?? 0) + 1
        return record
      } finally {
        inFlightCount -= 1
      }
    },
    close: () => sender.close(),
  }
}

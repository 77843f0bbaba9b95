import type { Settlement, SettleOutcome, StoreHandle } from '@posthorn/core'
import type { TurnEnd } from '../timing/turn-end.ts'
import type { Patience } from './patience.ts'

/**
 * Settles attempts in batches: those that end in one turn of the event loop go together, and while one batch is on its way to the
 * store, the next gathers.
 */
export interface Settler {
  settle(settlement: Settlement): Promise<SettleOutcome>
}

interface Waiting {
  readonly settlement: Settlement
  readonly resolve: (outcome: SettleOutcome) => void
  readonly reject: (error: unknown) => void
}

/** @param patience when it ends, what is not settled is delivered again */
export function createSettler<Transaction>(
  store: StoreHandle<Transaction>,
  turnEnd: TurnEnd,
  patience: Patience,
): Settler {
  let gathering: Waiting[] = []
  let isSending = false

  async function sendAll(): Promise<void> {
    await turnEnd()
    while (gathering.length > 0) {
      const batch = gathering
      gathering = []
      try {
        const outcomes = await patience(() => store.settle(batch.map(({ settlement }) => settlement)))
        for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] ?? 'lease-lost')
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isSending = false
  }

  return {
    settle(settlement) {
      return new Promise((resolve, reject) => {
        gathering.push({ settlement, resolve, reject })
        if (isSending) return
        isSending = true
        void sendAll()
      })
    },
  }
}

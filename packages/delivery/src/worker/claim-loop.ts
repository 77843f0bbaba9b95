import { performance } from 'node:perf_hooks'
import { nextDueInMs, type StoreHandle } from '@posthorn/core'
import { createSignal } from '../timing/signal.ts'
import type { TurnEnd } from '../timing/turn-end.ts'
import { withStoreRetries } from './store-retries.ts'
import type { Report } from './worker-events.ts'

/** What came of one claim. `more-to-visit`: nothing so far, but not every queue was looked at. */
export type ClaimResult = 'gave' | 'more-to-visit' | 'nothing-due' | 'no-room'

/** Claims again and again: at once while claims give something, else when there is reason to. */
export interface ClaimLoop {
  /** Resolves when the signal it was made with is aborted. */
  run(): Promise<void>
  /** Says that there is reason to claim: something is due, or a slot is free. */
  wake(): void
}

export interface ClaimLoopOptions {
  /** The longest wait before the store is asked again. */
  readonly pollMs: number
  readonly keepAlive: boolean
  readonly turnEnd: TurnEnd
  readonly report: Report
}

/**
 * With tens of thousands of queues that hold something and give nothing, one round through them takes the store a second. After one
 * that took longer than this, the loop rests for as long, so that at least half of the store's time is left to others.
 */
const longRoundMs = 50

export function createClaimLoop<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'nextDue'>,
  claim: () => Promise<ClaimResult>,
  { pollMs, keepAlive, turnEnd, report }: ClaimLoopOptions,
  closing: AbortSignal,
): ClaimLoop {
  const wakeUp = createSignal(keepAlive)
  const resting = createSignal(keepAlive)
  closing.addEventListener('abort', () => {
    wakeUp.announce()
    resting.announce()
  })
  let emptyRoundCount = 0
  let emptySince = performance.now()

  async function step(): Promise<void> {
    const result = await claim()
    if (result === 'gave') {
      emptyRoundCount = 0
      emptySince = performance.now()
    }
    if (result === 'gave' || result === 'more-to-visit') return
    emptyRoundCount += 1
    const dueInMs = result === 'no-room' ? pollMs : await waitMs()
    const roundMs = performance.now() - emptySince
    if (roundMs > longRoundMs) await resting.wait(Math.min(roundMs, pollMs))
    await wakeUp.wait(dueInMs)
    // Attempts often end in groups, within one turn; one claim then fills the slots of all.
    await turnEnd()
    emptySince = performance.now()
  }

  /** How long to wait after a round that gave nothing; something that ends or becomes due cuts the wait short. */
  async function waitMs(): Promise<number> {
    const dueInMs = (await withStoreRetries(() => nextDueInMs(store))) ?? pollMs
    // Due, and yet not claimed twice in a row: its lane has no room, or another process is at it.
    const isStuck = dueInMs === 0 && emptyRoundCount > 1
    return isStuck ? pollMs : Math.min(dueInMs, pollMs)
  }

  return {
    wake: () => wakeUp.announce(),
    async run() {
      while (!closing.aborted) {
        try {
          await step()
        } catch (error) {
          report('warning', { kind: 'engine-fault', activity: 'claim', error })
          await wakeUp.wait(pollMs)
          emptySince = performance.now()
        }
      }
    },
  }
}

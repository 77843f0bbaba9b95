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
  /**
   * Says that there is reason to claim: something is due, or a slot is free.
   * @param queues where something was written, if that is known
   */
  wake(queues?: readonly string[]): void
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
 * that took longer than this, the loop rests for as long, so that at least half of the store's time is left to others; and what is
 * written meanwhile is looked for where it was written, between two steps of the round and during the rest.
 */
const longRoundMs = 50

/** Queues that are looked at first; more are found in their turn. */
const maxFreshQueues = 100

export function createClaimLoop<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'nextDue'>,
  claim: (only: readonly string[] | null) => Promise<ClaimResult>,
  { pollMs, keepAlive, turnEnd, report }: ClaimLoopOptions,
  closing: AbortSignal,
): ClaimLoop {
  const wakeUp = createSignal(keepAlive)
  closing.addEventListener('abort', () => wakeUp.announce())
  const freshQueues = new Set<string>()
  let isRoundLong = false
  let emptyRoundCount = 0
  let emptySince = performance.now()

  async function step(): Promise<void> {
    await claimFresh()
    const result = await claim(null)
    if (result === 'more-to-visit') isRoundLong = true
    if (result === 'gave') {
      emptyRoundCount = 0
      emptySince = performance.now()
    }
    if (result === 'gave' || result === 'more-to-visit') return
    emptyRoundCount += 1
    await wakeUp.wait(result === 'no-room' ? pollMs : await endRound())
    // Attempts often end in groups, within one turn; one claim then fills the slots of all.
    await turnEnd()
    emptySince = performance.now()
  }

  /** Looks at the queues where something was written since the last time. */
  async function claimFresh(): Promise<void> {
    const queues = [...freshQueues]
    freshQueues.clear()
    if (queues.length > 0) await claim(queues)
  }

  /** Gives how long to wait before the next round. */
  async function endRound(): Promise<number> {
    const dueInMs = await waitMs()
    const roundMs = performance.now() - emptySince
    isRoundLong = roundMs > longRoundMs
    if (isRoundLong) await rest(Math.min(roundMs, pollMs))
    return dueInMs
  }

  /** What is announced meanwhile counts for the wait that follows. */
  async function rest(restMs: number): Promise<void> {
    const until = performance.now() + restMs
    let wasWoken = false
    for (let leftMs = restMs; leftMs > 0 && !closing.aborted; leftMs = until - performance.now()) {
      await wakeUp.wait(leftMs)
      wasWoken ||= performance.now() < until
      await claimFresh()
    }
    if (wasWoken) wakeUp.announce()
  }

  /** How long to wait after a round that gave nothing; something that ends or becomes due cuts the wait short. */
  async function waitMs(): Promise<number> {
    const dueInMs = (await withStoreRetries(() => nextDueInMs(store, claimFresh))) ?? pollMs
    // Due, and yet not claimed twice in a row: its lane has no room, or another process is at it.
    const isStuck = dueInMs === 0 && emptyRoundCount > 1
    return isStuck ? pollMs : Math.min(dueInMs, pollMs)
  }

  return {
    wake(queues = []) {
      if (isRoundLong)
        for (const queue of queues) if (freshQueues.size < maxFreshQueues) freshQueues.add(queue)
      wakeUp.announce()
    },
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

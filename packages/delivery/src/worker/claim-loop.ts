import { performance } from 'node:perf_hooks'
import { nextDueInMs, type StoreHandle } from '@posthorn/core'
import { createSignal } from '../timing/signal.ts'
import type { TurnEnd } from '../timing/turn-end.ts'
import { withStoreRetries } from './store-retries.ts'
import type { Report } from './worker-events.ts'

/** What came of one claim. */
export interface ClaimResult {
  readonly kind: 'gave' | 'nothing' | 'no-room'
  /** Whether not every queue was looked at. */
  readonly hasMoreQueues: boolean
  /** Queues that were looked at in part. */
  readonly queuesWithMoreKeys: readonly string[]
}

/** No claim was made. */
export const noRoom: ClaimResult = { kind: 'no-room', hasMoreQueues: false, queuesWithMoreKeys: [] }

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
 * written meanwhile is looked for where it was written, between two steps of the round and during the rest. A slot that becomes free
 * meanwhile is filled as long as that gives something.
 */
const longRoundMs = 50

/** Queues that are looked at first; more are found in their turn. */
const maxFreshQueues = 100

/** Queues whose order keys one claim goes on with, each as far as a claim may. */
const maxKeyQueues = 10

export function createClaimLoop<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'nextDue'>,
  claim: (only: readonly string[] | null) => Promise<ClaimResult>,
  { pollMs, keepAlive, turnEnd, report }: ClaimLoopOptions,
  closing: AbortSignal,
): ClaimLoop {
  const wakeUp = createSignal(keepAlive)
  closing.addEventListener('abort', () => wakeUp.announce())
  const freshQueues = new Set<string>()
  /** Of this round, those with order keys that were not looked at. */
  const keyQueues = new Set<string>()
  /** Whether there is reason to claim from any queue, since the last such claim began. */
  let hasReason = false
  /** Whether the last claim between steps, or during the rest, gave something. */
  let isWorthwhile = true
  let isRoundLong = false
  /** Whether something was due after the last round that gave nothing. */
  let wasDue = false
  let emptySince = performance.now()

  async function step(): Promise<void> {
    await claimFresh()
    isWorthwhile = true
    const result = await claimAny()
    if (result.hasMoreQueues && result.kind === 'nothing') isRoundLong = true
    const hasGiven = result.kind === 'gave' || (!result.hasMoreQueues && (await claimMoreKeys()))
    if (hasGiven) {
      wasDue = false
      emptySince = performance.now()
    }
    if (hasGiven || result.hasMoreQueues) return
    await wakeUp.wait(result.kind === 'no-room' ? pollMs : await endRound())
    // Attempts often end in groups, within one turn; one claim then fills the slots of all.
    await turnEnd()
    emptySince = performance.now()
  }

  /** Goes on with the queues that were looked at in part, each to its last key, and tells whether that gave anything. */
  async function claimMoreKeys(): Promise<boolean> {
    let hasGiven = false
    while (keyQueues.size > 0 && !closing.aborted) {
      const queues = [...keyQueues].slice(0, maxKeyQueues)
      for (const queue of queues) keyQueues.delete(queue)
      const result = await claim(queues)
      if (result.kind === 'no-room') keyQueues.clear()
      if (result.kind === 'gave') hasGiven = true
      for (const queue of result.queuesWithMoreKeys) keyQueues.add(queue)
      await claimFresh()
      if (await fillSlots()) hasGiven = true
    }
    return hasGiven
  }

  async function claimAny(): Promise<ClaimResult> {
    hasReason = false
    const result = await claim(null)
    for (const queue of result.queuesWithMoreKeys) keyQueues.add(queue)
    return result
  }

  /** Tells whether that gave anything. */
  async function fillSlots(): Promise<boolean> {
    if (!hasReason || !isWorthwhile) return false
    isWorthwhile = (await claimAny()).kind === 'gave'
    return isWorthwhile
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
      await fillSlots()
    }
    if (wasWoken) wakeUp.announce()
  }

  /** How long to wait after a round that gave nothing; something that ends or becomes due cuts the wait short. */
  async function waitMs(): Promise<number> {
    const dueInMs =
      (await withStoreRetries(
        () => nextDueInMs(store, claimFresh),
        () => !closing.aborted,
      )) ?? pollMs
    // Due, and yet not claimed in the round that followed: its lane has no room, or another process is at it.
    const isStuck = dueInMs === 0 && wasDue
    wasDue = dueInMs === 0
    return isStuck ? pollMs : Math.min(dueInMs, pollMs)
  }

  return {
    wake(queues = []) {
      if (isRoundLong)
        for (const queue of queues) if (freshQueues.size < maxFreshQueues) freshQueues.add(queue)
      hasReason ||= queues.length === 0
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

import { performance } from 'node:perf_hooks'
import type { StoreHandle } from '@posthorn/core'
import type { Patience } from '../worker/patience.ts'

/** Knows which lanes several subscriptions share. */
export interface LaneSharing {
  /** What is not known counts as shared. */
  readonly isShared: (lane: string) => boolean
  /** Asks the store about lanes that are not known, or not any more. Never rejects. */
  learn(lanes: Iterable<string>): Promise<void>
}

/** How long an answer is good for, in ms: a lane that is new to sharing gives its only subscription all slots for so long. */
const knownForMs = 10_000

/** Lanes remembered; beyond it those that were asked about first are forgotten. */
const maxLanes = 10_000

export function createLaneSharing<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'countSubscriptions'>,
  patience: Patience,
): LaneSharing {
  const known = new Map<string, { readonly isShared: boolean; readonly askedAt: number }>()

  async function ask(lane: string): Promise<void> {
    const askedAt = performance.now()
    const count = await patience(() => store.countSubscriptions(lane))
    known.delete(lane)
    known.set(lane, { isShared: count > 1, askedAt })
    const [oldest] = known.keys()
    if (known.size > maxLanes && oldest !== undefined) known.delete(oldest)
  }

  return {
    isShared: (lane) => known.get(lane)?.isShared ?? true,
    async learn(lanes) {
      const oldest = performance.now() - knownForMs
      const unknown = [...new Set(lanes)].filter((lane) => (known.get(lane)?.askedAt ?? -Infinity) < oldest)
      // One that could not be asked about counts as what it was, and is asked about again.
      await Promise.allSettled(unknown.map(ask))
    },
  }
}

import PQueue from 'p-queue'
import type { ResolvedAddress } from './resolver.ts'

/**
 * Asks for names through two slots, of which names that were slow may block only one.
 *
 * Whoever waits for the same name shares one look-up. A look-up that nobody waits for any longer is taken out of the queue
 * before it begins. Names that answered quickly go before names that nobody asked for yet, and names that took long, or were
 * still running when their last waiter left, have a slot of their own: one tenant's slow names cannot keep those of others
 * from being found.
 */
export interface LookUpQueue {
  /** Rejects with the error of the look-up, or with the signal's reason. */
  lookUp(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]>
}

const defaultSlowMs = 500

/** Names remembered for their speed; beyond them the oldest is forgotten. */
const maxRemembered = 10_000

interface Running {
  readonly answer: Promise<readonly ResolvedAddress[]>
  /** Takes it out of the queue. Not for one that has begun: it cannot be interrupted, and its slot is not free before it ends. */
  readonly giveUp: AbortController
  readonly progress: { hasBegun: boolean }
  waiterCount: number
}

/** @param slowMs a look-up that takes this long is slow */
export function createLookUpQueue(
  ask: (host: string) => Promise<readonly ResolvedAddress[]>,
  slowMs: number = defaultSlowMs,
): LookUpQueue {
  const quickSlot = new PQueue({ concurrency: 1 })
  const slowSlot = new PQueue({ concurrency: 1 })
  const running = new Map<string, Running>()
  const isQuickByHost = new Map<string, boolean>()

  function remember(host: string, isQuick: boolean): void {
    isQuickByHost.delete(host)
    isQuickByHost.set(host, isQuick)
    const [oldest] = isQuickByHost.keys()
    if (isQuickByHost.size > maxRemembered && oldest !== undefined) isQuickByHost.delete(oldest)
  }

  async function askAndRemember(host: string): Promise<readonly ResolvedAddress[]> {
    const startedAt = performance.now()
    // Remembered as slow from when it is known, not only from when it ends.
    const timer = setTimeout(() => remember(host, false), slowMs)
    timer.unref()
    try {
      return await ask(host)
    } finally {
      clearTimeout(timer)
      remember(host, performance.now() - startedAt < slowMs)
    }
  }

  function start(host: string): Running {
    const isQuick = isQuickByHost.get(host)
    const slot = isQuick === false ? slowSlot : quickSlot
    const giveUp = new AbortController()
    const progress = { hasBegun: false }
    const begin = (): Promise<readonly ResolvedAddress[]> => {
      progress.hasBegun = true
      return askAndRemember(host)
    }
    const answer = slot.add(begin, { priority: isQuick === true ? 1 : 0, signal: giveUp.signal })
    const started: Running = { answer, giveUp, progress, waiterCount: 0 }
    running.set(host, started)
    // Each waiter handles a failure; when none is left, nobody has to.
    const forget = (): void => {
      if (running.get(host) === started) running.delete(host)
    }
    answer.then(forget, forget)
    return started
  }

  return {
    async lookUp(host, signal) {
      signal.throwIfAborted()
      const shared = running.get(host) ?? start(host)
      shared.waiterCount += 1
      const { promise: aborted, reject } = Promise.withResolvers<never>()
      const onAbort = (): void => reject(signal.reason)
      signal.addEventListener('abort', onAbort)
      try {
        return await Promise.race([shared.answer, aborted])
      } finally {
        signal.removeEventListener('abort', onAbort)
        shared.waiterCount -= 1
        if (shared.waiterCount === 0 && !shared.progress.hasBegun) {
          running.delete(host)
          shared.giveUp.abort()
        }
      }
    },
  }
}

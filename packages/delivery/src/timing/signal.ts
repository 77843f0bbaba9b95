import { maxTimerMs } from './max-timer-ms.ts'

/** Something one loop waits for and many may announce. An announcement that nobody waits for is kept for the next wait. */
export interface Signal {
  announce(): void
  /** Resolves at the next announcement, or after `timeoutMs`; null waits for an announcement alone. */
  wait(timeoutMs: number | null): Promise<void>
}

/** @param keepsProcessAlive whether a wait keeps the process from ending */
export function createSignal(keepsProcessAlive: boolean): Signal {
  let isAnnounced = false
  let wakeUp: (() => void) | null = null

  return {
    announce() {
      if (wakeUp === null) isAnnounced = true
      else wakeUp()
    },
    wait(timeoutMs) {
      if (isAnnounced) {
        isAnnounced = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => wakeUp?.(), Math.min(timeoutMs ?? maxTimerMs, maxTimerMs))
        if (!keepsProcessAlive) timer.unref()
        wakeUp = () => {
          wakeUp = null
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}

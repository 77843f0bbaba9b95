import { maxTimerMs } from '../timing/max-timer-ms.ts'
import { onAbort } from '../timing/on-abort.ts'

/** Ends an attempt that is not over by itself: at its deadline or at the stop of the emitter, whichever comes first. */
export interface Cutoff {
  /** Null while neither has come. */
  readonly cause: CutoffCause | null
  /** Called when either comes, instead of the listener before; null for nobody. */
  onCut(listener: (() => void) | null): void
  /** Stops waiting for either. */
  dispose(): void
}

export type CutoffCause = 'deadline' | 'stopped'

/** Counts from now, on the monotonic clock. */
export function createCutoff(deadlineMs: number, stop: AbortSignal | undefined): Cutoff {
  let cause: CutoffCause | null = stop?.aborted === true ? 'stopped' : null
  let listener: (() => void) | null = null

  function cut(by: CutoffCause): void {
    if (cause !== null) return
    cause = by
    listener?.()
  }

  const timer = setTimeout(() => cut('deadline'), Math.min(deadlineMs, maxTimerMs))
  const ignoreStop = stop === undefined ? null : onAbort(stop, () => cut('stopped'))

  return {
    get cause() {
      return cause
    },
    onCut(next) {
      listener = next
    },
    dispose() {
      clearTimeout(timer)
      ignoreStop?.()
    },
  }
}

/** Ends an attempt that is not over by itself: at its deadline or at the stop of the emitter, whichever comes first. */
export interface Cutoff {
  readonly signal: AbortSignal
  /** Null while the signal has not aborted. */
  readonly cause: CutoffCause | null
  /** Stops waiting for either. */
  dispose(): void
}

export type CutoffCause = 'deadline' | 'stopped'

/** The longest that `setTimeout` can wait; beyond it fires at once. */
const maxTimerMs = 2 ** 31 - 1

/** Counts from now, on the monotonic clock. */
export function createCutoff(deadlineMs: number, stop: AbortSignal | undefined): Cutoff {
  const controller = new AbortController()
  let cause: CutoffCause | null = null

  function cut(by: CutoffCause): void {
    cause ??= by
    controller.abort()
  }

  const onStop = (): void => cut('stopped')
  const timer = setTimeout(() => cut('deadline'), Math.min(deadlineMs, maxTimerMs))
  stop?.addEventListener('abort', onStop)
  if (stop?.aborted === true) onStop()

  return {
    signal: controller.signal,
    get cause() {
      return cause
    },
    dispose() {
      clearTimeout(timer)
      stop?.removeEventListener('abort', onStop)
    },
  }
}

/** Those who wait for a signal, and its one listener. */
interface Waiting {
  readonly listeners: Set<() => void>
  readonly callAll: () => void
}

const waitingBySignal = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls back when a signal aborts, or never if it has aborted before. However many wait, the signal has one listener: for a
 * signal that every attempt waits for, adding and removing one each costs more than signing a small body.
 * @returns ends the waiting
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const waiting = waitingBySignal.get(signal) ?? createWaiting(signal)
  if (waiting.listeners.size === 0) signal.addEventListener('abort', waiting.callAll)
  waiting.listeners.add(listener)
  return () => {
    waiting.listeners.delete(listener)
    if (waiting.listeners.size === 0) signal.removeEventListener('abort', waiting.callAll)
  }
}

function createWaiting(signal: AbortSignal): Waiting {
  const listeners = new Set<() => void>()
  const callAll = (): void => {
    for (const listener of listeners) listener()
  }
  const waiting = { listeners, callAll }
  waitingBySignal.set(signal, waiting)
  return waiting
}

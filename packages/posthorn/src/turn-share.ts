import { performance } from 'node:perf_hooks'
import { createTurnEnd } from '@posthorn/delivery'

/** Emits go on for this long before the rest of the process has its turn, in ms. */
const maxTurnMs = 20

/**
 * A store in memory answers within the turn of the event loop in which it was asked, so a host that emits one event after the other
 * would let no timer and no socket have its turn, nor its own deliveries begin.
 * @returns a promise to wait for, once the current turn has lasted too long; else null
 */
export function createTurnShare(): () => Promise<void> | null {
  const turnEnd = createTurnEnd()
  let turn: Promise<void> | null = null
  let beganAt = 0
  return () => {
    const current = turnEnd()
    if (current !== turn) beganAt = performance.now()
    turn = current
    return performance.now() - beganAt < maxTurnMs ? null : turn
  }
}

import { setImmediate } from 'node:timers/promises'
import type { GitSession } from '../process/git-session.ts'

/** Steps after which others get a turn: a few milliseconds of walking. */
const stepsPerTurn = 4_096

/** Lets the event loop in between the steps of walks that wait for nothing, however many of them there are. */
export interface Pacer {
  /**
   * To be told of each step.
   * @param steps what it cost
   * @returns what to wait for before the next one; undefined to go on at once. Rejects when the deadline has passed
   */
  step(steps: number): Promise<void> | undefined
}

/** One for all walks of a call: they share their turns. */
export function createPacer(session: Pick<GitSession, 'checkDeadline'>): Pacer {
  let left = stepsPerTurn
  let turn: Promise<void> | undefined

  async function rest(): Promise<void> {
    await setImmediate()
    left = stepsPerTurn
    turn = undefined
    session.checkDeadline()
  }

  return {
    step: (steps) => {
      left -= steps
      if (left < 0) turn ??= rest()
      return turn
    },
  }
}

/** Tells the time. The system clock by default; tests pass one they can set. */
export interface Clock {
  /** The time of day, in epoch ms. May jump. */
  now(): number
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Date.now() }

/** Whose open breaker an attempt probes. Those that were in flight when it opened probe none. */
export interface Probes {
  readonly subscription: boolean
  readonly lane: boolean
}

/** Of an attempt that probes nothing. */
export const noProbes: Probes = Object.freeze({ subscription: false, lane: false })

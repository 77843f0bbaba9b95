/**
 * Where a life of the emitting process ends. Watched points are reached by the process itself, which raises SIGKILL against
 * itself there, so that nothing of it runs on while a message travels; at the others its parent kills it.
 */
export const killPoints = [
  /** At any moment, once it is up. */
  'random',
  /** While the file is opened, what the last one left is recovered, and the first deliveries are claimed. */
  'starting',
  /** As soon as an emit was acknowledged. */
  'after-commit',
  /** The receiver has the whole request and holds its answer. */
  'request-sent',
  /** The answer is on the wire. */
  'answered',
  /** Watched: leases were taken, nothing was sent under them. */
  'after-claim',
  'random',
  /** Watched: an answer was read, nobody was told. */
  'before-settle',
  /** Watched: the write is on its way to the thread or in its transaction. */
  'in-settle',
  'in-append',
  'random',
] as const

export type KillPoint = (typeof killPoints)[number]

/** The store calls by which a process notices that it is at a watched point, and whether the call is still made. */
export const watchedCalls: Partial<Record<KillPoint, { readonly method: string; readonly isMade: boolean }>> =
  {
    // Bodies are read right after a claim that gave something.
    'after-claim': { method: 'readBodies', isMade: false },
    'before-settle': { method: 'settle', isMade: false },
    'in-settle': { method: 'settle', isMade: true },
    'in-append': { method: 'append', isMade: true },
  }

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

/** Before a call of the store is made, while it is under way, or when its answer is there and nobody has it. */
export type CallMoment = 'before' | 'during' | 'after'

/** The store calls by which a process notices that it is at a watched point. Claims that gave nothing do not count. */
export const watchedCalls: Partial<
  Record<KillPoint, { readonly method: string; readonly moment: CallMoment }>
> = {
  'after-claim': { method: 'claim', moment: 'after' },
  'before-settle': { method: 'settle', moment: 'before' },
  'in-settle': { method: 'settle', moment: 'during' },
  'in-append': { method: 'appendMatched', moment: 'during' },
}

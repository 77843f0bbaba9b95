/** Counts what is going on, so that others can wait for quiet. */
export interface Activity {
  /** Grows by one whenever something begins; equal readings mean that nothing began in between. */
  readonly generation: number
  readonly isQuiet: boolean
  begin(): void
  end(): void
  /** Resolves as soon as nothing is going on. */
  whenQuiet(): Promise<void>
  /** Runs something as one activity. */
  during<Result>(work: () => Promise<Result>): Promise<Result>
}

/** An activity of which nothing goes on yet. */
export function createActivity(): Activity {
  let count = 0
  let generation = 0
  let waiting: (() => void)[] = []

  const activity: Activity = {
    get generation() {
      return generation
    },
    get isQuiet() {
      return count === 0
    },
    begin() {
      count += 1
      generation += 1
    },
    end() {
      count -= 1
      if (count > 0) return
      const resolved = waiting
      waiting = []
      for (const resolve of resolved) resolve()
    },
    whenQuiet() {
      if (count === 0) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
    async during(work) {
      activity.begin()
      try {
        return await work()
      } finally {
        activity.end()
      }
    },
  }
  return activity
}

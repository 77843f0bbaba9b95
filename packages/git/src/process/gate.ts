/** Lets `room` tasks run at a time; the others wait in the order they came. */
export type Gate = <Result>(task: () => Promise<Result>) => Promise<Result>

/** @param room at least 1 */
export function createGate(room: number): Gate {
  const waiting: (() => void)[] = []
  let free = room
  return async (task) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    else free -= 1
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}

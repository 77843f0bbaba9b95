/**
 * Waits until the current turn of the event loop is over. All who wait in one turn go on in one turn, so that what they then ask
 * of the store travels together.
 */
export type TurnEnd = () => Promise<void>

/** Its waits share one `setImmediate` per turn. */
export function createTurnEnd(): TurnEnd {
  let next: Promise<void> | null = null
  return () => {
    next ??= new Promise((resolve) => {
      setImmediate(() => {
        next = null
        resolve()
      })
    })
    return next
  }
}

import type { Store, StoreHandle } from '@posthorn/core'

/** A call of a store method, as it was made. */
export interface StoreCall {
  readonly method: string
  readonly values: readonly unknown[]
}

/**
 * A real store whose calls can be watched, held up, or made to fail before they reach it.
 * @param before called with each call; what it throws or rejects with, the call rejects with
 * @param after called with what came of each call, before the caller has it; what it throws, the call rejects with
 */
export function createWatchedStore(
  store: Store,
  before: (call: StoreCall) => unknown,
  after: (call: StoreCall, outcome: unknown) => void = () => {},
): Store {
  return {
    async open(options) {
      const handle = await store.open(options)
      const methods = Object.entries(handle).map(([method, run]) => [
        method,
        method === 'onWake'
          ? run
          : async (...values: unknown[]) => {
              await before({ method, values })
              const outcome = await (run as (...values: unknown[]) => unknown)(...values)
              after({ method, values }, outcome)
              return outcome
            },
      ])
      return Object.fromEntries(methods) as StoreHandle
    },
  }
}

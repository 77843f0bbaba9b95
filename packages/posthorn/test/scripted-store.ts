import { createWatchedStore, type StoreCall } from '@posthorn/test-kit/watched-store'
import { createMemoryStore, StoreError } from '../src/index.ts'

export const passing: StoreError = new StoreError({
  code: 'store.failed',
  message: 'The file is busy.',
  isTransient: true,
})
export const lasting: StoreError = new StoreError({ code: 'store.failed', message: 'The disk is gone.' })

/** A store that tells of its calls, and fails the next ones of the methods it is told to. */
export function createScriptedStore() {
  const calls: StoreCall[] = []
  const failures = new Map<string, StoreError[]>()
  const waiting = new Map<string, () => void>()
  return {
    calls,
    fail: (method: string, ...errors: StoreError[]) => failures.set(method, errors),
    /** Resolves when the method is called again. */
    called: (method: string) => new Promise<void>((resolve) => waiting.set(method, resolve)),
    store: createWatchedStore(createMemoryStore(), (call) => {
      calls.push(call)
      waiting.get(call.method)?.()
      const error = failures.get(call.method)?.shift()
      if (error !== undefined) throw error
    }),
  }
}

import type { Store, StoreHandle } from '@posthorn/core'
import { createData, type Data } from './data.ts'
import { createHandle } from './handle.ts'
import { type MemoryStoreOptions, resolveOptions } from './options.ts'

/**
 * A store in memory: the reference implementation of the port. It forgets when the process ends, and refuses with `store.full`
 * instead of growing. Every `open` on the same store object gives a handle on the same data; since instants in shared data mean
 * something on one clock only, the clock of the first `open` is the clock of the data, and later ones are not looked at.
 * @throws {InvalidInputError} `option.invalid`
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const bounds = resolveOptions(options)
  let data: Data | null = null
  return {
    async open({ clock }): Promise<StoreHandle> {
      data ??= createData(bounds, clock)
      return createHandle(data)
    },
  }
}

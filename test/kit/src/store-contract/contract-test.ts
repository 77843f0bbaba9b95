import type { StoreHandle } from '@posthorn/core'
import { test } from 'vitest'
import { createIds, type Ids } from './ids.ts'

/** Empty data of the store under test. It must hold 200,000 unfinished deliveries and keep 1,000 finished ones. */
export interface ContractFixture {
  /** A handle on the data. The suite closes what it opens. */
  open(): Promise<StoreHandle>
  readonly clock: {
    /** Moves the clock of the store, the same for all handles; a negative number moves it back. It stands still otherwise. */
    advance(ms: number): void | Promise<void>
  }
  /** Removes the data; all handles are closed by then. */
  cleanup(): Promise<void>
}

/** What a test of the contract works with. */
export interface ContractStores {
  readonly one: StoreHandle
  /** Another handle on the same data. */
  readonly two: StoreHandle
  readonly ids: Ids
  readonly advance: (ms: number) => Promise<void>
}

/** Declares one test. */
export type ContractTest = (title: string, run: (stores: ContractStores) => Promise<void>) => void

/** For the tests that write 100,000 rows to a disk. */
const timeoutMs = 60_000

export function createContractTest(create: () => Promise<ContractFixture>): ContractTest {
  return (title, run) =>
    test(title, { timeout: timeoutMs }, async () => {
      const fixture = await create()
      const [one, two] = await Promise.all([fixture.open(), fixture.open()])
      try {
        await run({ one, two, ids: createIds(), advance: async (ms) => fixture.clock.advance(ms) })
      } finally {
        await one.close()
        await two.close()
        await fixture.cleanup()
      }
    })
}

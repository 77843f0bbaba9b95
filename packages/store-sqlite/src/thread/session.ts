import type { LaneTurns } from '@posthorn/core'
import type { Database } from '../database/database.ts'
import { FilePlace } from '../database/file-place.ts'
import { openDatabase } from '../database/open-database.ts'
import type { ResolvedOptions } from '../options.ts'
import type { WorkerStart } from './protocol.ts'

/**
 * The file as one handle sees it, over what may befall it:
 *
 *   closed ──open──▶ open ──an error of the file──▶ closed ──the next call──▶ open, or the same error again
 *
 * so that a cause that goes away is all it takes to go on. A file that was open once is never made anew: an empty one in its
 * place would hide that everything is gone.
 */
export class Session {
  readonly options: ResolvedOptions
  readonly laneTurns: LaneTurns = new Map()
  #mustExist: boolean
  #open: { readonly database: Database; readonly place: FilePlace } | null = null

  constructor({ options, mustExist }: WorkerStart) {
    this.options = options
    this.#mustExist = mustExist
  }

  /** @throws what opening says, or `store.failed` when the file is no longer in its place */
  database(now: number): Database {
    if (this.#open === null) {
      const database = openDatabase(this.options, this.#mustExist, now)
      this.#open = { database, place: new FilePlace(this.options.location) }
      this.#mustExist = true
    }
    this.#open.place.check()
    return this.#open.database
  }

  /** Whether what was written lies where it will be looked for. @throws {StoreError} `store.failed` */
  checkPlace(): void {
    this.#open?.place.check()
  }

  /** Closes the file; nothing that was not committed stays. */
  close(): void {
    const open = this.#open
    this.#open = null
    try {
      open?.database.close()
    } catch {
      // What the file has was committed before, and a connection that cannot even be closed is of no more use.
    }
  }
}

import { WaitingLines } from '@posthorn/core'
import { numberOf } from '../database/columns.ts'
import type { Database } from '../database/database.ts'
import { FilePlace } from '../database/file-place.ts'
import { checkVersion } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'
import { sql } from '../database/statement.ts'
import type { ResolvedOptions } from '../options.ts'
import { type Call, monotonicMs, type WorkerStart } from './protocol.ts'

const begin = sql('begin immediate')

/** A number that SQLite raises with each change of the schema. */
const readSchemaVersion = sql('pragma schema_version')

/**
 * A wait for another process that makes the readings of calls too old, in ms. Below it they are left alone: a lease loses half a
 * second at most, and where processes take turns, the clock of a call is what it says.
 */
const minWaitMs = 500

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
  /** What the claims of this handle remember of who waits; put back when what they took is rolled back. */
  lines: WaitingLines = new WaitingLines()
  #mustExist: boolean
  /** What the connection is set to; setting it costs as much as a small statement. */
  #busyTimeoutMs = 0
  /** That of the last check; null before the first one. */
  #schemaVersion: number | null = null
  /** When the file was first found to be held by another process, by {@link monotonicMs}; null while it is not. */
  #heldSince: number | null = null
  /** When it was free after the last long wait. */
  #freeSince = 0
  #open: { readonly database: Database; readonly place: FilePlace } | null = null

  constructor({ options, mustExist }: WorkerStart) {
    this.options = options
    this.#mustExist = mustExist
  }

  /** The open file. @throws what opening says */
  database(now: number): Database {
    if (this.#open === null) {
      const database = openDatabase(this.options, this.#mustExist, now)
      this.#open = { database, place: new FilePlace(this.options.location) }
      this.#busyTimeoutMs = this.options.busyTimeoutMs
      this.#schemaVersion = null
      this.#mustExist = true
    }
    return this.#open.database
  }

  /** Closes a file that is no longer where it will be looked for. @throws {StoreError} `store.failed` then */
  checkPlace(): void {
    try {
      this.#open?.place.check()
    } catch (error) {
      this.close()
      throw error
    }
  }

  /**
   * Closes a file that a newer release has changed, while it was open, into one that this release cannot work on.
   * @throws {StoreError} `store.version-unsupported` then
   */
  checkSchema(database: Database): void {
    const schemaVersion = schemaVersionOf(database)
    if (schemaVersion === this.#schemaVersion) return
    try {
      checkVersion(database)
      this.#schemaVersion = schemaVersion
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Begins a transaction that writes, as soon as no other process holds the file. @throws `SQLITE_BUSY` after so many ms */
  begin(database: Database, timeoutMs: number): void {
    this.#waitFor(database, timeoutMs)
    const askedAt = monotonicMs()
    try {
      database.run(begin)
    } catch (error) {
      this.#heldSince ??= askedAt
      throw error
    }
    if (this.#heldSince !== null && monotonicMs() - this.#heldSince >= minWaitMs)
      this.#freeSince = monotonicMs()
    this.#heldSince = null
  }

  /**
   * The reading of the clock that a call goes by: its own, or that of the moment when the file was free at last, if the call has
   * waited for that. Otherwise a claim would give leases that are over already.
   */
  nowOf({ now, askedAt }: Call): number {
    return now + Math.max(0, Math.round(this.#freeSince - askedAt))
  }

  /** A read hardly ever waits: while another process is the first to open the file, or the last one to close it. */
  waitForReads(database: Database): void {
    this.#waitFor(database, this.options.busyTimeoutMs)
  }

  #waitFor(database: Database, timeoutMs: number): void {
    if (timeoutMs !== this.#busyTimeoutMs) database.exec(`pragma busy_timeout = ${timeoutMs}`)
    this.#busyTimeoutMs = timeoutMs
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

function schemaVersionOf(database: Database): number {
  return numberOf(database.get(readSchemaVersion) ?? {}, 'schema_version')
}

import type { Database } from '../database/database.ts'
import { isBusy } from '../database/sqlite-error.ts'
import { type Call, monotonicMs } from './protocol.ts'
import type { Session } from './session.ts'

/** How long one try to begin waits, in ms; between two of them reads are answered. */
const sliceMs = 50

/** Who takes part in a transaction, and what they work on. */
export interface Begun {
  readonly database: Database
  readonly calls: readonly Call[]
}

/**
 * Begins a transaction that writes, for the calls whose time is not over before no other process holds the file.
 * @param refuse called with each call whose time is over
 * @param meanwhile called every so often while the file is waited for; may use the session, as long as it ends what it begins
 */
export function beginFor(
  session: Session,
  calls: readonly Call[],
  refuse: (call: Call, error: unknown) => void,
  meanwhile: () => void,
): Begun | null {
  const { busyTimeoutMs } = session.options
  let waiting = calls
  while (waiting.length > 0) {
    // Looked up each time: what happens meanwhile may find the file gone, and close it.
    const database = session.database(waiting[0]?.now ?? 0)
    session.checkPlace()
    const until = Math.min(...waiting.map(({ askedAt }) => askedAt)) + busyTimeoutMs
    const remainingMs = Math.max(0, Math.ceil(until - monotonicMs()))
    try {
      session.begin(database, Math.min(sliceMs, remainingMs))
      session.checkSchema(database)
      return { database, calls: waiting }
    } catch (error) {
      if (!isBusy(error)) throw error
      meanwhile()
      if (remainingMs > sliceMs) continue
      // The oldest one is always among them, whatever the clock says.
      const isOver = ({ askedAt }: Call) => askedAt + busyTimeoutMs <= Math.max(until, monotonicMs())
      for (const call of waiting.filter(isOver)) refuse(call, error)
      waiting = waiting.filter((call) => !isOver(call))
    }
  }
  return null
}

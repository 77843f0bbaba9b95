import type { Database } from '../database/database.ts'
import { isBusy, isOfOneOperation, toStoreError } from '../database/sqlite-error.ts'
import { sql } from '../database/statement.ts'
import { isRead, runOperation } from './operations.ts'
import { type Answer, type Call, monotonicMs } from './protocol.ts'
import type { Session } from './session.ts'
import { toWireError } from './wire-error.ts'

/**
 * Group commit: the calls that gathered while the last transaction was under way go into one.
 *
 *   reads    each for itself, answered before anything is written
 *   writes   begin ─▶ all operations ─▶ commit ─▶ still in place? ─▶ answered
 *                      └ a refusal ─▶ rollback, begin ─▶ each operation in a savepoint ─▶ commit …
 *
 * A refusal rejects its own caller and nobody else: then the whole is done again, with a savepoint for each operation to go back
 * to. Refusals are rare, and savepoints cost a tenth. An error of the file (full, damaged, gone) rolls back all and rejects
 * everybody, so nobody is told of a write that is not durable.
 */
export function runCalls(
  session: Session,
  calls: readonly Call[],
  answer: (answers: readonly Answer[]) => void,
): void {
  const reads = calls.filter(({ name }) => isRead(name))
  const writes = calls.filter(({ name }) => !isRead(name))
  if (reads.length > 0) answer(runReads(session, reads))
  if (writes.length > 0) answer(runWrites(session, writes))
}

const commit = sql('commit')
const rollback = sql('rollback')
const setSavepoint = sql('savepoint operation')
const releaseSavepoint = sql('release operation')
const rollbackToSavepoint = sql('rollback to operation')

function runReads(session: Session, calls: readonly Call[]): readonly Answer[] {
  return calls.map((call, place) => {
    try {
      const database = session.database(call.now)
      if (place === 0) session.checkPlace()
      return { id: call.id, outcome: runOperation(call, database, session.laneTurns) }
    } catch (error) {
      if (!isOfOneOperation(error)) session.close()
      return refusal(call, error, session)
    }
  })
}

function runWrites(session: Session, calls: readonly Call[]): readonly Answer[] {
  const answers: Answer[] = []
  let waiting = calls
  try {
    const database = session.database(calls[0]?.now ?? 0)
    session.checkPlace()
    waiting = beginFor(session, database, calls, answers)
    if (waiting.length === 0) return answers
    const written = runTogether(session, database, waiting) ?? runApart(session, database, waiting)
    database.run(commit)
    session.checkPlace()
    return [...answers, ...written]
  } catch (error) {
    session.close()
    return [...answers, ...waiting.map((call) => refusal(call, error, session))]
  }
}

/**
 * Begins, and gives the calls that take part. While another process holds the file, a call whose time is over is refused.
 */
function beginFor(
  session: Session,
  database: Database,
  calls: readonly Call[],
  refused: Answer[],
): readonly Call[] {
  const { busyTimeoutMs } = session.options
  let waiting = calls
  while (waiting.length > 0) {
    const until = Math.min(...waiting.map(({ askedAt }) => askedAt)) + busyTimeoutMs
    const remainingMs = Math.max(0, Math.ceil(until - monotonicMs()))
    try {
      session.begin(database, remainingMs)
      return waiting
    } catch (error) {
      if (!isBusy(error)) throw error
      // The oldest one is always among them, whatever the clock says.
      const isOver = ({ askedAt }: Call) => askedAt + busyTimeoutMs <= Math.max(until, monotonicMs())
      refused.push(...waiting.filter(isOver).map((call) => refusal(call, error, session)))
      waiting = waiting.filter((call) => !isOver(call))
    }
  }
  return waiting
}

/** Null if one of them was refused; then nothing is written. */
function runTogether(session: Session, database: Database, calls: readonly Call[]): readonly Answer[] | null {
  try {
    return calls.map((call) => ({ id: call.id, outcome: runOperation(call, database, session.laneTurns) }))
  } catch (error) {
    // Without a transaction there is nothing to go back to: an error of the file has ended it.
    if (!isOfOneOperation(error) || !database.isInTransaction) throw error
    database.run(rollback)
    return null
  }
}

/** The file is waited for once more: another process may have taken it after the rollback. */
function runApart(session: Session, database: Database, calls: readonly Call[]): readonly Answer[] {
  session.begin(database, session.options.busyTimeoutMs)
  return calls.map((call) => runInSavepoint(session, database, call))
}

function runInSavepoint(session: Session, database: Database, call: Call): Answer {
  database.run(setSavepoint)
  try {
    const outcome = runOperation(call, database, session.laneTurns)
    database.run(releaseSavepoint)
    return { id: call.id, outcome }
  } catch (error) {
    if (!isOfOneOperation(error) || !database.isInTransaction) throw error
    database.run(rollbackToSavepoint)
    database.run(releaseSavepoint)
    return refusal(call, error, session)
  }
}

function refusal(call: Call, error: unknown, session: Session): Answer {
  const { message, ...facts } = toWireError(toStoreError(error, session.options.location))
  return { id: call.id, error: { ...facts, message: `${call.name}: ${message}` } }
}

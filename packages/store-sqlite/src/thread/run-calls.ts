import type { WaitingLines } from '@posthorn/core'
import type { Database } from '../database/database.ts'
import { isOfOneOperation, toStoreError } from '../database/sqlite-error.ts'
import { sql } from '../database/statement.ts'
import { beginFor } from './begin-for.ts'
import { isRead, runOperation } from './operations.ts'
import type { Answer, Call } from './protocol.ts'
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
 *
 * @param meanwhile called every so often while another process holds the file; may run calls that only read
 */
export function runCalls(
  session: Session,
  calls: readonly Call[],
  answer: (answers: readonly Answer[]) => void,
  meanwhile: () => void = () => {},
): void {
  const reads = calls.filter(({ name }) => isRead(name))
  const writes = calls.filter(({ name }) => !isRead(name))
  if (reads.length > 0) answer(runReads(session, reads))
  if (writes.length > 0) answer(runWrites(session, writes, meanwhile))
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
      session.waitForReads(database)
      if (place === 0) session.checkSchema(database)
      return { id: call.id, outcome: perform(session, database, call) }
    } catch (error) {
      if (!isOfOneOperation(error)) session.close()
      return refusal(call, error, session)
    }
  })
}

function runWrites(session: Session, calls: readonly Call[], meanwhile: () => void): readonly Answer[] {
  const refused: Answer[] = []
  const lines = linesBefore(session, calls)
  let waiting = calls
  /** Takes out those who would wait for too long. */
  const begin = (): Database | null => {
    const refuse = (call: Call, error: unknown) => void refused.push(refusal(call, error, session))
    const begun = beginFor(session, waiting, refuse, meanwhile)
    waiting = begun?.calls ?? []
    return begun?.database ?? null
  }
  try {
    let database = begin()
    if (database === null) return refused
    let written = runTogether(session, database, waiting)
    if (written === null) {
      session.lines = lines.copy()
      // Another process may have taken the file after the rollback.
      database = begin()
      if (database === null) return refused
      written = runApart(session, database, waiting)
    }
    database.run(commit)
    session.checkPlace()
    return [...refused, ...written]
  } catch (error) {
    session.close()
    session.lines = lines
    const refusedIds = new Set(refused.map(({ id }) => id))
    const failed = waiting.filter(({ id }) => !refusedIds.has(id))
    return [...refused, ...failed.map((call) => refusal(call, error, session))]
  }
}

/** Null if one of them was refused; then nothing is written. */
function runTogether(session: Session, database: Database, calls: readonly Call[]): readonly Answer[] | null {
  try {
    return calls.map((call) => ({ id: call.id, outcome: perform(session, database, call) }))
  } catch (error) {
    // Without a transaction there is nothing to go back to: an error of the file has ended it.
    if (!isOfOneOperation(error) || !database.isInTransaction) throw error
    database.run(rollback)
    return null
  }
}

function runApart(session: Session, database: Database, calls: readonly Call[]): readonly Answer[] {
  return calls.map((call) => runInSavepoint(session, database, call))
}

function runInSavepoint(session: Session, database: Database, call: Call): Answer {
  database.run(setSavepoint)
  const lines = linesBefore(session, [call])
  try {
    const outcome = perform(session, database, call)
    database.run(releaseSavepoint)
    return { id: call.id, outcome }
  } catch (error) {
    if (!isOfOneOperation(error) || !database.isInTransaction) throw error
    session.lines = lines
    database.run(rollbackToSavepoint)
    database.run(releaseSavepoint)
    return refusal(call, error, session)
  }
}

/** To go back to; only claims move them. */
function linesBefore({ lines }: Session, calls: readonly Call[]): WaitingLines {
  return calls.some(({ name }) => name === 'claim') ? lines.copy() : lines
}

function perform(session: Session, database: Database, call: Call): unknown {
  return runOperation(call, { database, now: session.nowOf(call), lines: session.lines })
}

function refusal(call: Call, error: unknown, session: Session): Answer {
  const { message, ...facts } = toWireError(toStoreError(error, session.options.location))
  return { id: call.id, error: { ...facts, message: `${call.name}: ${message}` } }
}

import { type PosthornErrorCode, StoreError } from '@posthorn/core'
import { DamagedValueError } from './damaged-value-error.ts'

/** Primary result codes of SQLite; an extended code has its primary one in the low byte. Source: sqlite.org/rescode.html */
const primaryCodes: Readonly<Record<number, PosthornErrorCode>> = {
  5: 'store.busy',
  6: 'store.busy',
  8: 'store.read-only',
  11: 'store.corrupt',
  13: 'store.disk-full',
  15: 'store.busy',
  26: 'store.corrupt',
}

const meanings: Readonly<Partial<Record<PosthornErrorCode, string>>> = {
  'store.busy': 'Another process holds the database. Try again',
  'store.read-only': 'The database cannot be written: its file, its directory or its disk is read-only',
  'store.corrupt': 'The file is damaged, or not a database. Restore it from a backup',
  'store.disk-full': 'The disk is full. Free some space',
}

/** SQLITE_READONLY_DBMOVED: the file is no longer where it was opened. */
const movedCode = 1032
const cannotOpen = 14

/** Refused by a rule of the schema (19), too large (18), of a wrong type (20) or at a wrong place (25): all for one operation. */
const operationCodes: readonly number[] = [18, 19, 20, 25]

/** An error of the engine in the words of the port. What is no error of SQLite is `store.failed`. */
export function toStoreError(error: unknown, location: string): StoreError {
  if (error instanceof StoreError) return error
  const errcode = sqliteCodeOf(error)
  const code = errcode === null || errcode === movedCode ? undefined : primaryCodes[errcode & 0xff]
  return new StoreError({
    code: code ?? 'store.failed',
    message: `${code === undefined ? meaningOfOther(errcode) : meanings[code]} (${location}): ${describe(error, errcode)}`,
    isTransient: code === 'store.busy',
    cause: error,
  })
}

export function isBusy(error: unknown): boolean {
  return toStoreError(error, '').code === 'store.busy'
}

/** Whether an error concerns one operation only, so that those beside it in a transaction can go on. */
export function isOfOneOperation(error: unknown): boolean {
  if (error instanceof DamagedValueError) return true
  if (error instanceof StoreError) return error.code !== 'store.corrupt'
  const errcode = sqliteCodeOf(error)
  return errcode === null || operationCodes.includes(errcode & 0xff)
}

function sqliteCodeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode : null
}

function meaningOfOther(errcode: number | null): string {
  if (errcode !== null && (errcode & 0xff) === cannotOpen)
    return 'The database cannot be opened. Does its directory exist?'
  return 'The store failed'
}

/** What is no error of SQLite may quote what it was about, so of that only the kind is told; `cause` has the rest. */
function describe(error: unknown, errcode: number | null): string {
  if (errcode === null) return error instanceof Error ? error.name : typeof error
  return `${error instanceof Error ? error.message : String(error)} (SQLite ${errcode})`
}

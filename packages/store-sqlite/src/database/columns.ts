import { StoreError } from '@posthorn/core'
import { DamagedValueError } from './damaged-value-error.ts'
import type { Row } from './database.ts'

/** Reads the columns of rows. A value of another type than the schema's can only come from a damaged file. */

export function textOf(row: Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw unexpected(column, 'a text', value)
}

export function numberOf(row: Row, column: string): number {
  const value = row[column]
  if (typeof value === 'number') return value
  throw unexpected(column, 'an integer', value)
}

export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (value instanceof Uint8Array) return value
  throw unexpected(column, 'a blob', value)
}

export function isSet(row: Row, column: string): boolean {
  return numberOf(row, column) !== 0
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column)
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column)
}

/** What the store wrote itself as JSON. @throws {DamagedValueError} */
export function parseJson<Value>(row: Row, column: string): Value {
  const text = textOf(row, column)
  try {
    return JSON.parse(text) as Value
  } catch {
    throw new DamagedValueError(column)
  }
}

/** The same; undefined if it is no JSON. */
export function jsonOrUndefined(row: Row, column: string): unknown {
  try {
    return parseJson<unknown>(row, column)
  } catch (error) {
    if (error instanceof DamagedValueError) return undefined
    throw error
  }
}

function unexpected(column: string, expected: string, value: unknown): StoreError {
  return new StoreError({
    code: 'store.corrupt',
    message: `Expected ${expected} in the column \`${column}\`, got ${value === undefined ? 'nothing' : typeof value}.`,
  })
}

import type { WirePage } from './wire.ts'

/** The first page of a list. `size` counts the values on it. */
export function toPage<Value>(values: readonly Value[], limit: number, isLastPage: boolean): WirePage<Value> {
  return { size: values.length, limit, isLastPage, values, start: 0, filter: null }
}

import { invalidOption } from '@posthorn/core'

/**
 * An id that is asked for. Whether there is one is the store's question; what is no text never was an id, and each store would
 * say something else to it.
 * @throws {InvalidInputError} `option.invalid`
 */
export function parseId(field: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw invalidOption(field, 'a string', value)
}

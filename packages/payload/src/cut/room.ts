import { toJson } from '../to-json.ts'
import { shortenText } from './shorten-text.ts'

/**
 * What is left of the bytes that a body may have, in one try at it. Whatever may be long is taken from it before it is rendered or
 * serialised, by the least that it will take as JSON. So a try that is bound to fail is known early, and costs no more than
 * a body may hold, however much there is to show.
 */
export interface Room {
  /**
   * A free text (a message, the name of a person), cut if it is longer than any may be; empty once the room is spent.
   * @param copyCount how often it will stand in the body, at least
   */
  takeText(text: string, copyCount: number): string
  take(bytes: number): void
  /** The first items, converted; not all of them if the room is spent meanwhile. */
  takeList<Item, Value>(items: readonly Item[], maxCount: number, convert: (item: Item) => Value): Value[]
  /** The JSON of what was made with this room; null if it takes more. */
  toJson(made: object): Uint8Array | null
}

/** @param maxTextLength of one text, in UTF-16 units, each of which takes a byte at least */
export function createRoom(maxBytes: number, maxTextLength: number): Room {
  let left = maxBytes
  return {
    takeText(text, copyCount) {
      left -= Math.min(text.length, maxTextLength) * copyCount
      return left < 0 ? '' : shortenText(text, maxTextLength)
    },
    take(bytes) {
      left -= bytes
    },
    takeList(items, maxCount, convert) {
      const values = []
      for (const item of items) {
        if (left < 0 || values.length === maxCount) break
        values.push(convert(item))
      }
      return values
    },
    toJson(made) {
      if (left < 0) return null
      const json = toJson(made)
      return json.length > maxBytes ? null : json
    },
  }
}

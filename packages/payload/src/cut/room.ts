import { toJson } from '../to-json.ts'
import { jsonLength } from './json-length.ts'
import { shortenText } from './shorten-text.ts'
import type { TextCounter } from './text-counter.ts'

/** In UTF-16 units. What a text takes beyond its length is counted only if it is longer: others are made as soon as counted. */
export const shortLength = 1_000

/**
 * What is left of the bytes that a body may have, in one try at it. Whatever may be long is taken from it before it is rendered or
 * serialised, by the least that it will take as JSON. So a try that is bound to fail is known early, and costs no more than
 * a body may hold, however much there is to show.
 */
export class Room {
  readonly #maxBytes: number
  readonly #maxTextLength: number
  readonly #countText: TextCounter
  /** Negative once the try has failed. */
  #left: number

  /** @param maxTextLength of one text, in UTF-16 units, each of which takes a byte at least */
  constructor(maxBytes: number, maxTextLength: number, countText: TextCounter) {
    this.#maxBytes = maxBytes
    this.#maxTextLength = maxTextLength
    this.#countText = countText
    this.#left = maxBytes
  }

  get isSpent(): boolean {
    return this.#left < 0
  }

  take(bytes: number): void {
    this.#left -= bytes
  }

  /**
   * A free text (a message, the name of a person), cut if it is longer than any may be; empty once the room is spent.
   * @param copyCount how often it will stand in the body, at least
   */
  takeText(text: string, copyCount: number): string {
    this.take(Math.min(text.length, this.#maxTextLength) * copyCount)
    if (this.#left < 0) return ''
    const shown = shortenText(text, this.#maxTextLength)
    if (shown.length > shortLength) {
      const jsonBytes = shown === text ? this.#countText(text) : jsonLength(shown)
      this.take((jsonBytes - shown.length) * copyCount)
    }
    return this.#left < 0 ? '' : shown
  }

  /** The first items, converted; not all of them if the room is spent meanwhile. */
  takeList<Item, Value>(items: readonly Item[], maxCount: number, convert: (item: Item) => Value): Value[] {
    const values: Value[] = []
    for (const item of items) {
      if (this.#left < 0 || values.length === maxCount) break
      values.push(convert(item))
    }
    return values
  }

  /** The JSON of what was made with this room; null if it takes more. */
  toJson(made: object): Uint8Array | null {
    if (this.#left < 0) return null
    const json = toJson(made)
    return json.length > this.#maxBytes ? null : json
  }
}

import { shortenText } from './shorten-text.ts'

/**
 * The free texts of one try at a body: messages, and the names of persons. A body takes every such text through here, before it is
 * rendered or serialised, so that a try costs no more than a body may hold, however long the texts are.
 */
export interface Texts {
  /**
   * The text, cut if it is longer than any may be. Once the texts alone are more than the body may hold, they are all empty:
   * then the try has failed.
   * @param copyCount how often the text will stand in the body, at least
   */
  take(text: string, copyCount: number): string
  /** Whether the try has failed. */
  readonly isSpent: boolean
}

/**
 * @param maxLength of one text, in UTF-16 units
 * @param maxBytes of the body; each unit of a text takes at least one
 */
export function createTexts(maxLength: number, maxBytes: number): Texts {
  let room = maxBytes
  return {
    take(text, copyCount) {
      room -= Math.min(text.length, maxLength) * copyCount
      return room < 0 ? '' : shortenText(text, maxLength)
    },
    get isSpent() {
      return room < 0
    },
  }
}

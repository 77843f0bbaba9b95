import { shortestTextLength } from './shorten-text.ts'

/** The lengths that the texts of a body are cut to, one after the other, until it fits: an eighth of it, and ever half of that. */
export function textLengths(maxBytes: number): readonly number[] {
  const lengths: number[] = []
  for (let length = Math.floor(maxBytes / 8); length > shortestTextLength; length = Math.floor(length / 2)) {
    lengths.push(length)
  }
  return [...lengths, shortestTextLength]
}

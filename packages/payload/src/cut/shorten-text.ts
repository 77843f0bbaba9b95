const mark = '… [truncated]'

/** The length, in UTF-16 units, to which every text can be cut. It is what the mark takes in bytes, so that no cut adds any. */
export const shortestTextLength: number = Buffer.byteLength(mark)

/**
 * A text of at most so many UTF-16 units: itself, or its beginning, cut between code points and ended with `… [truncated]`.
 * @param maxLength {@link shortestTextLength} or more
 */
export function shortenText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const end = maxLength - shortestTextLength
  return text.slice(0, isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end) + mark
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

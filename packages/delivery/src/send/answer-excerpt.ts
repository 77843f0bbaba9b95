/** Control characters but tab and line ends: a database may refuse NUL as text, and a terminal obeys the others. */
const controls = /[\p{Cc}--[\t\n\r]]/gv

const decoder = new TextDecoder()

/**
 * The beginning of an answer's body as text that can be stored and shown; null if there was no body. Bytes that are not
 * UTF-8, control characters and halves of surrogate pairs become U+FFFD.
 * @param maxLength in UTF-16 code units
 */
export function toAnswerExcerpt(body: Uint8Array, maxLength: number): string | null {
  if (body.length === 0) return null
  // Four bytes are the most that one code unit of the excerpt can take.
  const text = decoder.decode(body.subarray(0, maxLength * 4))
  return toShownText(text.slice(0, maxLength))
}

/** Each unit that is not shown becomes U+FFFD. */
export function toShownText(text: string): string {
  return text.replaceAll(controls, '\u{FFFD}').toWellFormed()
}

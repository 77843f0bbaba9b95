/** Backspace, tab, newline, form feed, carriage return, `"` and `\`, before which JSON.stringify only puts a backslash. */
const shortEscapes = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x22, 0x5c])

/** What JSON takes for each unit of ASCII, in bytes. */
const asciiLengths = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  if (shortEscapes.has(unit)) return 2
  return unit < 0x20 ? 6 : 1
})

/**
 * What a text takes as JSON in UTF-8, in bytes without its quotes, counted without making it. A byte too little for each half of
 * a surrogate pair without the other, never too much.
 */
export function jsonLength(text: string): number {
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    length += unit < 0x80 ? (asciiLengths[unit] ?? 1) : utf8Length(unit)
  }
  return length
}

/** What a unit beyond ASCII takes in UTF-8, in bytes: two for each half of a surrogate pair. */
export function utf8Length(unit: number): number {
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
}

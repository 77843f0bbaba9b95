import { utf8Length } from './json-length.ts'

/** What units of ASCII take in HTML in JSON, in bytes, where that is not one. */
const longer = new Map([
  ['&', '&amp;'.length],
  ['<', '&lt;'.length],
  ['>', '&gt;'.length],
  ['"', '&quot;'.length],
  ["'", '&#39;'.length],
  ['\\', 2],
  ['\b', 2],
])

/** Blanks count nothing, since the ends of paragraphs lose them. */
const asciiLengths = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const character = String.fromCharCode(unit)
  if (character.trim() === '') return 0
  return longer.get(character) ?? (unit < 0x20 ? 6 : 1)
})

/** The least that a rendered message takes as JSON in UTF-8, in bytes without its quotes, counted without rendering it. */
export function leastHtmlLength(message: string): number {
  let length = 0
  for (let index = 0; index < message.length; index += 1) {
    const unit = message.charCodeAt(index)
    if (unit < 0x80) length += asciiLengths[unit] ?? 0
    else if (!mayBeBlank(unit)) length += utf8Length(unit)
  }
  return length
}

/** Every unit beyond ASCII that `trim` takes away, and some beside. */
function mayBeBlank(unit: number): boolean {
  return (
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x206f) ||
    unit === 0x3000 ||
    unit === 0xfeff
  )
}

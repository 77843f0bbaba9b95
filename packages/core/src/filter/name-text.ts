const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * A name as text of which no two names have the same: a byte that is not UTF-8 becomes half of a character, U+DC00 and its value
 * (PEP 383). Patterns hold no such halves, so only what stands for many characters meets them, byte by byte.
 */
export function toNameText(name: string | Uint8Array): string {
  if (typeof name === 'string') return name.toWellFormed()
  const text = lenient.decode(name)
  return text.includes('\ufffd') ? decodeEach(name) : text
}

/** Characters put together at a time: one by one, each would be a string of its own. */
const chunkLength = 4_096

function decodeEach(bytes: Uint8Array): string {
  let text = ''
  let codes: number[] = []
  let at = 0
  while (at < bytes.length) {
    const { code, length } = readCharacter(bytes, at)
    codes.push(code)
    at += length
    if (codes.length < chunkLength && at < bytes.length) continue
    text += String.fromCodePoint(...codes)
    codes = []
  }
  return text
}

/** By length of a sequence: the bits of its first byte that count, and the least code point that needs it (RFC 3629). */
const sequences = [
  { length: 1, lead: 0x00, leadMask: 0x80, min: 0x00 },
  { length: 2, lead: 0xc0, leadMask: 0xe0, min: 0x80 },
  { length: 3, lead: 0xe0, leadMask: 0xf0, min: 0x800 },
  { length: 4, lead: 0xf0, leadMask: 0xf8, min: 0x1_0000 },
]

function readCharacter(bytes: Uint8Array, at: number): { readonly code: number; readonly length: number } {
  const first = bytes[at] ?? 0
  const stray = { code: 0xdc00 + first, length: 1 }
  const sequence = sequences.find(({ lead, leadMask }) => (first & leadMask) === lead)
  if (sequence === undefined || at + sequence.length > bytes.length) return stray
  let code = first & ~sequence.leadMask
  for (const byte of bytes.subarray(at + 1, at + sequence.length)) {
    if ((byte & 0xc0) !== 0x80) return stray
    code = (code << 6) | (byte & 0x3f)
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  if (code < sequence.min || code > 0x10_ffff || isSurrogate) return stray
  return { code, length: sequence.length }
}

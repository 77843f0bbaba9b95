/** Ends a text that was cut. */
const cutMark = '… [truncated]'

/** Kept, since making one takes longer than reading a name with it. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Names that commits carry and the Encoding standard does not know. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['eucjp', 'euc-jp'],
  ['euckr', 'euc-kr'],
  ['koi8r', 'koi8-r'],
])

/** The Encoding standard reads these as windows-1252; Git, by iconv, as what they say. */
const latin1Names: ReadonlySet<string> = new Set([
  'iso-8859-1',
  'iso8859-1',
  'iso_8859-1',
  'latin1',
  'latin-1',
])

/**
 * Bytes of a commit or tag as text. An encoding that is unknown, or that the bytes do not keep to, is taken for UTF-8, as
 * Git does; what is not UTF-8 either becomes U+FFFD.
 * @param encoding the object's `encoding` header; null for UTF-8
 */
export function decodeText(bytes: Uint8Array, encoding: string | null): string {
  return decode(bytes, encoding, false)
}

/** The same for bytes that are only the beginning: a character cut in two is left out, and a mark ends the text. */
export function decodeCutText(bytes: Uint8Array, encoding: string | null): string {
  return decode(bytes, encoding, true) + cutMark
}

function decode(bytes: Uint8Array, encoding: string | null, isCut: boolean): string {
  if (encoding !== null) {
    const name = encoding.toLowerCase()
    if (latin1Names.has(name)) return Buffer.from(bytes).toString('latin1')
    try {
      return decodeWith(aliases.get(name) ?? name, true, bytes, isCut)
    } catch {
      // Unknown, or not what the bytes are in.
    }
  }
  return isCut ? decodeWith('utf-8', false, bytes, true) : utf8.decode(bytes)
}

function decodeWith(label: string, fatal: boolean, bytes: Uint8Array, isCut: boolean): string {
  // In the middle of a stream, a decoder keeps back the character whose end has not come.
  return new TextDecoder(label, { fatal, ignoreBOM: true }).decode(bytes, { stream: isCut })
}

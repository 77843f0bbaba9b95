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

/** The names of ISO 8859-1 by IANA. The Encoding standard reads them as windows-1252; Git, by iconv, as what they say. */
const latin1Names: ReadonlySet<string> = new Set([
  'cp819',
  'csisolatin1',
  'ibm819',
  'iso-8859-1',
  'iso-ir-100',
  'iso8859-1',
  'iso88591',
  'iso_8859-1',
  'iso_8859-1:1987',
  'l1',
  'latin-1',
  'latin1',
])

/** The same of US-ASCII. What goes beyond it is no windows-1252, as the Encoding standard has it, but in all likelihood UTF-8. */
const asciiNames: ReadonlySet<string> = new Set([
  'ansi_x3.4-1968',
  'ansi_x3.4-1986',
  'ascii',
  'cp367',
  'csascii',
  'ibm367',
  'iso-ir-6',
  'iso646-us',
  'iso_646.irv:1991',
  'us',
  'us-ascii',
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
      const label = asciiNames.has(name) ? 'utf-8' : (aliases.get(name) ?? name)
      return decodeWith(label, true, bytes, isCut)
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

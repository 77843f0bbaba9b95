import { controlsToLetters } from './control-letters.ts'
import { toShownText } from './send/answer-excerpt.ts'

/** A text without its encodings, and where in the source each of its UTF-16 units came from. */
export interface PlainText {
  readonly text: string
  /** Null: each from its own place. */
  readonly places: { readonly starts: Int32Array; readonly ends: Int32Array } | null
}

/** Pages that quote pages encode again what is encoded already; more layers than this are nobody's accident. */
const maxLayers = 4

/** In place of a byte that another one took along. */
const taken = -1

/**
 * Percent-encoding, entities of HTML (numbers also with zeros before them, and without their semicolon, but not where the text ends), and
 * the escapes of JSON, JavaScript, Python and others, however often their backslashes were escaped.
 */
const encodings =
  /(?:%[0-9a-fA-F]{2})+|(?:\\+x[0-9a-fA-F]{2})+|%[uU][0-9a-fA-F]{4}|&(?:#[xX]0*[0-9a-fA-F]{1,6}(?:;|(?![0-9a-fA-F]|$))|#0*[0-9]{1,7}(?:;|(?![0-9]|$))|[a-zA-Z]{2,6};)|\\+U[0-9a-fA-F]{8}|\\+[uU](?:[0-9a-fA-F]{4}|\{0*[0-9a-fA-F]{1,6}\})|\\+/g

/**
 * A text as it was before servers repeated it: nothing percent-encoded, no entities, no escapes and none of their backslashes, in
 * lower case, spaces for plus signs, and U+FFFD for what an excerpt does not show. Takes time in proportion to the text.
 */
export function undoEncodings(source: string): PlainText {
  let plain: PlainText = { text: source, places: null }
  for (let layer = 0; layer < maxLayers && /[%&\\]/.test(plain.text); layer += 1) {
    const inner = undoLayer(plain)
    if (inner.text === plain.text) break
    plain = inner
  }
  return { ...plain, text: toCompared(plain.text) }
}

/** Whether a text is written the same in all encodings, but for capitals. Quick to tell, and so are most secrets. */
export function isSimple(text: string): boolean {
  return /^[\w./-]*$/.test(text)
}

/**
 * A secret as it may stand in a text without its encodings. Its control characters become letters first: what undoing an escape leaves
 * may look encoded together with what stands beside it, as `%` and `\ba` do.
 */
export function toPlainTexts(secret: string): readonly string[] {
  return isSimple(secret) ? [secret.toLowerCase()] : controlsToLetters(secret).map(toPlainText)
}

function toPlainText(source: string): string {
  let plain = source
  for (let layer = 0; layer < maxLayers && /[%&\\]/.test(plain); layer += 1) {
    const inner = plain.replaceAll(encodings, readToken)
    if (inner === plain) break
    plain = inner
  }
  return toCompared(plain)
}

function toCompared(text: string): string {
  return toShownText(lowerCase(text).replaceAll('+', ' '))
}

/** No encoding is shorter than what it stands for, so what comes out has room where the text has. */
function undoLayer({ text, places }: PlainText): PlainText {
  const starts = new Int32Array(text.length)
  const ends = new Int32Array(text.length)
  const parts: string[] = []
  let length = 0
  function place(from: number, to: number): void {
    starts[length] = places === null ? from : (places.starts[from] ?? 0)
    ends[length] = places === null ? to : (places.ends[to - 1] ?? 0)
    length += 1
  }
  function add(units: string, from: number, to: number): void {
    parts.push(units)
    for (let unit = 0; unit < units.length; unit += 1) place(from, to)
  }
  function copy(from: number, to: number): void {
    parts.push(text.slice(from, to))
    for (let index = from; index < to; index += 1) place(index, index + 1)
  }
  let at = 0
  for (const { 0: token, index } of text.matchAll(encodings)) {
    copy(at, index)
    at = index + token.length
    if (areBytes(token)) addBytes(token, index, add)
    else add(readCharacter(token), index, at)
  }
  copy(at, text.length)
  return { text: parts.join(''), places: { starts, ends } }
}

/** Whether a token stands for bytes, and not for a character. */
function areBytes(token: string): boolean {
  return /^(?:%[^uU]|\\+x)/.test(token)
}

/** The characters of bytes in UTF-8; a byte that belongs to none stands for itself. */
function addBytes(
  token: string,
  index: number,
  add: (units: string, from: number, to: number) => void,
): void {
  const bytes: number[] = []
  const starts: number[] = []
  for (let at = 0; at < token.length; at += 2) {
    starts.push(index + at)
    while (token[at] === '%' || token[at] === '\\' || token[at] === 'x') at += 1
    bytes.push(Number.parseInt(token.slice(at, at + 2), 16))
  }
  starts.push(index + token.length)
  for (const [at, lead] of bytes.entries()) {
    if (lead === taken) continue
    const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    const character = length === 1 ? '' : Buffer.from(bytes.slice(at, at + length)).toString()
    const isWhole = character !== '' && !character.includes('\u{FFFD}')
    const end = isWhole ? at + length : at + 1
    bytes.fill(taken, at, end)
    add(isWhole ? character : String.fromCharCode(lead), starts[at] ?? 0, starts[end] ?? 0)
  }
}

function readToken(token: string): string {
  if (!areBytes(token)) return readCharacter(token)
  const parts: string[] = []
  addBytes(token, 0, (units) => void parts.push(units))
  return parts.join('')
}

function readCharacter(token: string): string {
  return token.startsWith('&') ? readEntity(token) : readEscape(token)
}

function readEntity(token: string): string {
  const name = token.replaceAll(/[&;]/g, '')
  if (!name.startsWith('#')) return entities.get(name) ?? entities.get(name.toLowerCase()) ?? token
  return toCharacter(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))) ?? token
}

function readEscape(token: string): string {
  const digits = /[0-9a-f]+(?=\}?$)/i.exec(token)?.[0]
  return digits === undefined ? '' : (toCharacter(Number.parseInt(digits, 16)) ?? token)
}

function toCharacter(codePoint: number): string | null {
  return codePoint <= 0x10_ff_ff ? String.fromCodePoint(codePoint) : null
}

/** Of each unit by itself, where the whole would get another length. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  return text.replaceAll(/[\s\S]/g, (unit) => (unit.toLowerCase().length === 1 ? unit.toLowerCase() : unit))
}

/** Those of Latin-1 are in the order of its characters from U+00A0. Source: the HTML standard, section 13.5. */
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'

const ascii =
  '& amp, < lt, > gt, " quot, \' apos, / sol, + plus, = equals, : colon, ; semi, ? quest, % percnt, @ commat, # num, \\ bsol, _ lowbar, ! excl, $ dollar, . period, ( lpar, ) rpar, * ast, [ lsqb, ] rsqb, { lcub, } rcub, | verbar, ^ hat, ` grave'

const entities: ReadonlyMap<string, string> = new Map([
  ...latin1.split(' ').map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...ascii.split(', ').map((pair) => [pair.slice(2), pair.slice(0, 1)] as const),
  ['comma', ','],
])

import { linesToLetters } from './control-letters.ts'
import { toShownText } from './send/answer-excerpt.ts'
import { SubstringIndex } from './substring-index.ts'
import { isSimple, type PlainText, toPlainTexts, undoEncodings } from './undo-encodings.ts'

/** What stands in place of a secret. */
export const redacted = '[redacted]'

/** Shorter texts than this stand in every answer by chance, and are no secrets. */
const minSecretLength = 4

/** The end of a text may hold the beginning of a secret that was cut; less of it than this may stay. */
const minCutLength = 8

/** So many secrets are looked for one by one first; nobody can make that take long. */
const maxSearches = 32

/**
 * What may follow on a beginning that was cut: an encoding that the text breaks off in, the bytes of a character that lost the others,
 * a mark that something is missing.
 */
const debris = /[\w%&#\\{.\u0080-\uFFFF]{0,16}$/

/** Whether a text is long enough to hold a secret; most receivers answer with nothing, or with two letters. */
export function canHoldSecret(text: string): boolean {
  return text.length >= minSecretLength
}

/**
 * A text in which nothing of these secrets can be read, nor of a secret that it breaks off in: as they are, and however a server
 * that repeats them writes them, in JSON, in HTML or in a URL. Takes time in proportion to all of them together, whatever they are:
 * both are chosen by who may want to keep this process busy.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const wanted = [...new Set(secrets)].filter((secret) => secret.length >= minSecretLength)
  const hidden = new HiddenParts(text.length)
  hide({ text, places: null }, new Set(wanted.flatMap(toForms)), hidden)
  hide(undoEncodings(text), new Set(wanted.flatMap(toPlainTexts)), hidden)
  return hidden.remove(text)
}

/** As it is, and as it stands in JSON: also where what stands before it would make another character of its beginning. */
function toForms(secret: string): readonly string[] {
  if (isSimple(secret)) return [secret]
  return [toShownText(secret), toShownText(JSON.stringify(secret).slice(1, -1))]
}

function hide(plain: PlainText, forms: ReadonlySet<string>, hidden: HiddenParts): void {
  const text = linesToLetters(plain.text)
  const secrets = new Set(Array.from(forms, linesToLetters))
  if (secrets.size <= maxSearches && !holdsBeginning(text, secrets)) return
  // Where a line ends nothing breaks off, so letters do not count for that.
  const index = new SubstringIndex(text, debris.exec(plain.text)?.[0].length ?? 0)
  for (const secret of secrets) {
    if (secret.length < minSecretLength) continue
    const cutAt = index.find(secret, minCutLength)
    if (cutAt !== null) hidden.add(toStart(cutAt, plain), hidden.length)
  }
  index.eachFound((from, to) => hidden.add(toStart(from, plain), toEnd(to, plain)))
}

/** Whether any of them may stand in a text. Says no to ordinary answers in a fraction of the time that an index takes. */
function holdsBeginning(text: string, secrets: ReadonlySet<string>): boolean {
  for (const secret of secrets) {
    if (secret.length >= minSecretLength && text.includes(secret.slice(0, minCutLength))) return true
  }
  return false
}

function toStart(at: number, { places }: PlainText): number {
  return places === null ? at : (places.starts[at] ?? 0)
}

function toEnd(to: number, { places }: PlainText): number {
  return places === null ? to : (places.ends[to - 1] ?? 0)
}

/** The parts of a text that nobody may see. */
class HiddenParts {
  readonly length: number
  /** At each place, how many parts begin there less how many end there. */
  readonly #changes: Int32Array

  constructor(length: number) {
    this.length = length
    this.#changes = new Int32Array(length + 1)
  }

  add(from: number, to: number): void {
    this.#changes[from] = (this.#changes[from] ?? 0) + 1
    this.#changes[to] = (this.#changes[to] ?? 0) - 1
  }

  /** The text with one mark for each run of them. */
  remove(text: string): string {
    const parts: string[] = []
    let shownFrom = 0
    let depth = 0
    for (const [at, change] of this.#changes.entries()) {
      if (depth === 0 && change > 0) parts.push(text.slice(shownFrom, at), redacted)
      depth += change
      if (depth === 0 && change < 0) shownFrom = at
    }
    return parts.join('') + text.slice(shownFrom)
  }
}

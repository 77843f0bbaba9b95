import { type PlainText, undoEncodings } from './undo-encodings.ts'

/** What stands in place of a secret. */
export const redacted = '[redacted]'

/** Shorter texts than this stand in every answer by chance, and are no secrets. */
const minSecretLength = 4

/** The end of a text may hold the beginning of a secret that was cut; so much of it may stay. */
const maxCutLength = 7

/** Segments of a path may be tokens; shorter ones than this hardly are. */
const minSegmentLength = 6

/** What is left of an encoding that a text breaks off in. */
const brokenEnd = /(?:%[0-9a-f]?|&#?[0-9a-z]{0,7}|\\{1,4}(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?)$/i
const maxBrokenLength = 12

/** Whether a text is long enough to hold a secret; most receivers answer with nothing, or with two letters. */
export function canHoldSecret(text: string): boolean {
  return text.length >= minSecretLength
}

/**
 * A text in which nothing of these secrets can be read, nor of a secret that it breaks off in: as they are, and however a server
 * that repeats them writes them, in JSON, in HTML or in a URL.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const wanted = [...new Set(secrets)].filter((secret) => secret.length >= minSecretLength)
  const plainSecrets = [...new Set(wanted.map((secret) => undoEncodings(secret).text))]
  const plain = undoEncodings(text)
  return hide(text, [
    ...wanted.flatMap(toForms).flatMap((secret) => [...find(text, secret), ...findCut(text, secret)]),
    ...plainSecrets
      .flatMap((secret) => [...find(plain.text, secret), ...findCut(plain.text, secret)])
      .map((span) => toSource(span, plain)),
    ...findBrokenCuts(text, plainSecrets),
  ])
}

/** Where a secret is cut within the encoding of one of its characters: what is left of that is hidden too. */
function findBrokenCuts(text: string, plainSecrets: readonly string[]): readonly Span[] {
  const end = text.slice(-maxBrokenLength)
  const brokenLength = brokenEnd.exec(end)?.[0].length ?? 0
  if (brokenLength === 0) return []
  const sound = undoEncodings(text.slice(0, -brokenLength))
  return plainSecrets
    .flatMap((secret) => findCut(sound.text, secret))
    .map((span) => ({ from: toSource(span, sound).from, to: text.length }))
}

function toSource(span: Span, { places }: PlainText): Span {
  if (places === null) return span
  return { from: places.starts[span.from] ?? 0, to: places.ends[span.to - 1] ?? 0 }
}

/** What a URL may hold of tokens: its query, the values in it, and the longer segments of its path. */
export function listUrlSecrets({ pathname, search, searchParams }: URL): readonly string[] {
  const raw = [
    ...pathname.split('/').filter((segment) => segment.length >= minSegmentLength),
    search.slice(1),
    ...search
      .slice(1)
      .split('&')
      .map((pair) => pair.slice(pair.indexOf('=') + 1)),
  ]
  return [...raw, ...searchParams.values(), ...raw.map(decode)]
}

/** A part of a text, its end exclusive. */
interface Span {
  readonly from: number
  readonly to: number
}

/** As it is, and as it stands in JSON: also where what stands before it would make another character of its beginning. */
function toForms(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1)]
}

/** Where a secret stands. */
function find(text: string, secret: string): readonly Span[] {
  if (secret.length < minSecretLength) return []
  const spans: Span[] = []
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
    spans.push({ from: at, to: at + secret.length })
  }
  return spans
}

/** Where the last characters of a text are the first ones of a secret. */
function findCut(text: string, secret: string): readonly Span[] {
  for (let length = Math.min(text.length, secret.length - 1); length > maxCutLength; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return [{ from: text.length - length, to: text.length }]
  }
  return []
}

function hide(text: string, spans: readonly Span[]): string {
  const parts: string[] = []
  let shownTo = 0
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    if (from >= shownTo) parts.push(text.slice(shownTo, from), redacted)
    shownTo = Math.max(shownTo, to)
  }
  return parts.join('') + text.slice(shownTo)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

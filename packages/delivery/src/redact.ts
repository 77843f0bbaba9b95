/** What stands in place of a secret. */
export const redacted = '[redacted]'

/** Shorter texts than this stand in every answer by chance, and are no secrets. */
const minSecretLength = 4

/** The end of a text may hold the beginning of a secret that was cut; so much of it may stay. */
const maxCutLength = 7

/** Segments of a path may be tokens; shorter ones than this hardly are. */
const minSegmentLength = 6

/** Whether a text is long enough to hold a secret; most receivers answer with nothing, or with two letters. */
export function canHoldSecret(text: string): boolean {
  return text.length >= minSecretLength
}

/** A text in which nothing of these secrets can be read, nor of a secret that it breaks off in. */
export function redact(text: string, secrets: readonly string[]): string {
  const hidden = [...new Set(secrets.flatMap(toForms))].filter((secret) => secret.length >= minSecretLength)
  // Longer ones first: one may be part of another.
  hidden.sort((one, other) => other.length - one.length)
  let shown = text
  for (const secret of hidden) shown = shown.replaceAll(secret, redacted)
  const cut = Math.max(0, ...hidden.map((secret) => lengthOfCut(shown, secret)))
  return cut > maxCutLength ? `${shown.slice(0, -cut)}${redacted}` : shown
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

/** As it is, and as it stands in JSON. */
function toForms(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1)]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** How many of the last characters of a text are the first ones of a secret. */
function lengthOfCut(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > maxCutLength; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return length
  }
  return 0
}

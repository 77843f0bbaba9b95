const encoder = new TextEncoder()

/** Where texts are encoded first: an exact copy of that takes half the time of `encode`, which does not know how much it will need. */
const scratch = new Uint8Array(196_608)
/** A UTF-16 unit takes three bytes at most. */
const maxScratchLength = scratch.length / 3

/** How JSON.stringify writes a lone surrogate. Text that only looks so may match too, which costs time but changes nothing. */
const escapedSurrogate = /\\ud[89a-f]/

/**
 * The compact JSON of a value in UTF-8. Half a surrogate pair, which is no character, becomes U+FFFD. The text equals
 * `JSON.stringify(JSON.parse(text))`, as long as no key of the value looks like an integer.
 */
export function toJson(value: object): Uint8Array {
  const json = JSON.stringify(value)
  // A replacer makes stringify several times slower, and a regular expression takes longer to look than `includes`.
  const isWellFormed = !json.includes('\\ud') || !escapedSurrogate.test(json)
  return toBytes(isWellFormed ? json : JSON.stringify(value, toWellFormed))
}

function toWellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

function toBytes(text: string): Uint8Array {
  if (text.length > maxScratchLength) return encoder.encode(text)
  return scratch.slice(0, encoder.encodeInto(text, scratch).written)
}

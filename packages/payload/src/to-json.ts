const encoder = new TextEncoder()

/** How JSON.stringify writes a lone surrogate. Text that only looks so may match too, which costs time but changes nothing. */
const escapedSurrogate = /\\ud[89a-f]/

/** Below this many bytes `Buffer.from` puts a text into memory that it shares with others. */
const ownMemoryBytes = Buffer.poolSize >>> 1

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

/** Long texts take `Buffer.from` half as long as an encoder. */
function toBytes(text: string): Uint8Array {
  return text.length < ownMemoryBytes ? encoder.encode(text) : Buffer.from(text)
}

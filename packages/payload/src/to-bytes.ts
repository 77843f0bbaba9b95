const encoder = new TextEncoder()

/** A text in UTF-8. */
export function toBytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Takes output in any pieces. */
export type FieldSplitter = (chunk: Buffer) => void

/**
 * Splits output into fields that end with a NUL each. Of a field the first `maxBytes` are kept, however long it is.
 */
export function createFieldSplitter(
  maxBytes: number,
  onField: (field: Buffer, isCut: boolean) => void,
): FieldSplitter {
  let begun: Buffer[] = []
  let begunBytes = 0
  let isCut = false

  function keep(piece: Buffer): void {
    const kept = piece.subarray(0, maxBytes - begunBytes)
    isCut ||= kept.length < piece.length
    if (kept.length > 0) begun.push(kept)
    begunBytes += kept.length
  }

  return (chunk) => {
    let start = 0
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      keep(chunk.subarray(start, end))
      const [first = chunk.subarray(0, 0)] = begun
      const field = begun.length > 1 ? Buffer.concat(begun) : first
      const wasCut = isCut
      begun = []
      begunBytes = 0
      isCut = false
      onField(field, wasCut)
      start = end + 1
    }
    if (start < chunk.length) keep(chunk.subarray(start))
  }
}

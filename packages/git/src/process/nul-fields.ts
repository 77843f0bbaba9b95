/** Takes output in any pieces. */
export type FieldSplitter = (chunk: Buffer) => void

/**
 * Splits output into fields that end with a NUL each, or with another byte. Of a field the first `maxBytes` are kept, however long it is.
 */
export function createFieldSplitter(
  maxBytes: number,
  onField: (field: Buffer, isCut: boolean) => void,
  end = 0,
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

  function endField(): void {
    const field = Buffer.concat(begun)
    const wasCut = isCut
    begun = []
    begunBytes = 0
    isCut = false
    onField(field, wasCut)
  }

  return (chunk) => {
    let start = 0
    for (let stop = chunk.indexOf(end); stop !== -1; stop = chunk.indexOf(end, start)) {
      const piece = chunk.subarray(start, stop)
      start = stop + 1
      // Most fields come whole, and are not copied.
      if (begunBytes === 0 && piece.length <= maxBytes) onField(piece, false)
      else {
        keep(piece)
        endField()
      }
    }
    if (start < chunk.length) keep(chunk.subarray(start))
  }
}

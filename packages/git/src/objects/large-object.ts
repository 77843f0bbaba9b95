/** Bytes kept of headers that are no parents; an author with a name and an address takes a hundred. */
const maxHeaderBytes = 1_048_576

const newline = 0x0a
const space = 0x20
const letterP = 0x70

/** Takes a large commit or tag in any pieces, and keeps what is read of it. */
export interface LargeObject {
  /** @returns how many bytes of parents were kept, the only ones without a bound */
  add(piece: Buffer): number
  /** The object as if it had been written without the rest. */
  bytes(): Buffer
  /** Whether the message goes on behind `bytes`. */
  isCut(): boolean
}

/**
 * The lines that go on with a header are left out: a signature, or a merged tag with its own. Right behind the first line, lines that
 * begin with the letter of `parent` are all kept, since a commit without some of them would be another one; of other headers and of the
 * message the beginning is.
 */
export function createLargeObject(maxMessageBytes: number): LargeObject {
  const kept: Buffer[] = []
  let zone: 'line-start' | 'line' | 'dropped-line' | 'parent' | 'message' = 'line-start'
  let place: 'tree' | 'parents' | 'headers' = 'tree'
  let headerRoom = maxHeaderBytes
  let messageRoom = maxMessageBytes
  let isCut = false

  function keepMessage(part: Buffer): void {
    const beginning = part.subarray(0, messageRoom)
    isCut ||= beginning.length < part.length
    messageRoom -= beginning.length
    kept.push(beginning)
  }

  /** At the beginning of a line. */
  function enterZone(first: number | undefined): typeof zone {
    if (first === newline) return 'message'
    if (place === 'parents' && first === letterP) return 'parent'
    // A line that ends the parents is kept, so that none seem to stand right behind them that do not.
    const isDropped = place === 'headers' && first === space
    place = place === 'tree' ? 'parents' : 'headers'
    return isDropped || headerRoom === 0 ? 'dropped-line' : 'line'
  }

  /** A line, or a piece of one, with its newline if that is in it. @returns bytes of parents */
  function keepHeader(part: Buffer): number {
    const current = zone === 'line-start' ? enterZone(part[0]) : zone
    const isEnd = part.at(-1) === newline
    zone = isEnd && current !== 'message' ? 'line-start' : current
    if (current === 'dropped-line') return 0
    if (current !== 'line') {
      kept.push(part)
      return current === 'parent' ? part.length : 0
    }
    const beginning = part.subarray(0, headerRoom)
    headerRoom -= beginning.length
    kept.push(beginning)
    if (isEnd && beginning.length < part.length) kept.push(part.subarray(-1))
    return 0
  }

  return {
    add: (piece) => {
      let parentBytes = 0
      let start = 0
      while (start < piece.length && zone !== 'message') {
        const end = piece.indexOf(newline, start) + 1 || piece.length
        parentBytes += keepHeader(piece.subarray(start, end))
        start = end
      }
      if (start < piece.length) keepMessage(piece.subarray(start))
      return parentBytes
    },
    bytes: () => Buffer.concat(kept),
    isCut: () => isCut,
  }
}

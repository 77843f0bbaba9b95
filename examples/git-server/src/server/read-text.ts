import type { IncomingMessage } from 'node:http'

/** A body was longer than its reader takes. */
export class BodyTooLongError extends Error {
  override readonly name = 'BodyTooLongError'
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super(`Expected a body of at most ${maxBytes} bytes.`)
    this.maxBytes = maxBytes
  }
}

/**
 * Reads a body as UTF-8. It keeps `maxBytes` at most; of a longer body the rest is thrown away as it comes, so that the
 * sender can still be answered.
 * @throws {BodyTooLongError} as soon as there is a byte too many
 */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let byteCount = 0
  // A plain loop would destroy the request when left early; then nothing takes the rest off the connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Buffer)) continue
    byteCount += chunk.length
    if (byteCount > maxBytes) break
    chunks.push(chunk)
  }
  if (byteCount > maxBytes) {
    request.resume()
    throw new BodyTooLongError(maxBytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

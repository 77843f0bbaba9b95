import type { Readable } from 'node:stream'

/** The head of a CGI program's answer (RFC 3875, section 6). */
export interface CgiHead {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
}

const maxHeadBytes = 64 * 1024

/**
 * Reads the head and leaves the stream at the first byte of the body.
 * @throws {Error} if the stream ends before the head does, or the head is too long
 */
export function readCgiHead(output: Readable): Promise<CgiHead> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const stop = (): void => {
      output.off('readable', onReadable).off('close', onClose)
    }
    const onClose = (): void => {
      stop()
      reject(new Error('The CGI program ended before its answer began.'))
    }
    const onReadable = (): void => {
      const chunk: unknown = output.read()
      if (!(chunk instanceof Buffer)) return
      bytes = Buffer.concat([bytes, chunk])
      const end = findEnd(bytes)
      if (end !== null) {
        stop()
        output.unshift(bytes.subarray(end.bodyAt))
        resolve(parseHead(bytes.toString('latin1', 0, end.headEnd)))
      } else if (bytes.length > maxHeadBytes) {
        stop()
        reject(new Error(`The head of the CGI program's answer is longer than ${maxHeadBytes} bytes.`))
      }
    }
    output.on('readable', onReadable).once('close', onClose)
  })
}

function findEnd(bytes: Buffer): { readonly headEnd: number; readonly bodyAt: number } | null {
  for (const separator of ['\r\n\r\n', '\n\n']) {
    const headEnd = bytes.indexOf(separator)
    if (headEnd >= 0) return { headEnd, bodyAt: headEnd + separator.length }
  }
  return null
}

function parseHead(head: string): CgiHead {
  const headers = new Map<string, string>()
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const status = Number.parseInt(headers.get('status') ?? '200', 10)
  headers.delete('status')
  return { status, headers }
}

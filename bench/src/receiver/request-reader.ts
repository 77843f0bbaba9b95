/** What a receiver looks at. */
export interface ReceivedRequest {
  readonly deliveryId: string
  readonly signature: string
  readonly body: Buffer
}

const endOfHeaders = Buffer.from('\r\n\r\n')

/** Takes the bytes of one connection and tells of each request as it is whole. Expects a `Content-Length`. */
export function createRequestReader(onRequest: (request: ReceivedRequest) => void): (chunk: Buffer) => void {
  let unread: Buffer = Buffer.alloc(0)
  return (chunk) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk])
    for (;;) {
      const headersEnd = unread.indexOf(endOfHeaders)
      if (headersEnd < 0) return
      const headers = unread.toString('latin1', 0, headersEnd).toLowerCase()
      const bodyStart = headersEnd + endOfHeaders.length
      const bodyEnd = bodyStart + Number(readHeader(headers, 'content-length'))
      if (unread.length < bodyEnd) return
      onRequest({
        deliveryId: readHeader(headers, 'x-request-uuid'),
        signature: readHeader(headers, 'x-hub-signature'),
        body: unread.subarray(bodyStart, bodyEnd),
      })
      unread = unread.subarray(bodyEnd)
    }
  }
}

function readHeader(headers: string, name: string): string {
  const label = `\r\n${name}: `
  const at = headers.indexOf(label)
  if (at < 0) throw new Error(`A request came without the header ${name}.`)
  const start = at + label.length
  const end = headers.indexOf('\r\n', start)
  return headers.slice(start, end < 0 ? undefined : end)
}

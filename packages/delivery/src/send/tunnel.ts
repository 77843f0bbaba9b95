import { isIPv6, type Socket } from 'node:net'
import { ProxyError } from './proxy-error.ts'

/** Where a tunnel leads. */
export interface TunnelEnd {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

/** Bytes of an answer to `CONNECT`, with the interim ones before it. Source: the default of Node's own parser for a head. */
const maxHeadBytes = 16_384

const headEnd = Buffer.from('\r\n\r\n')

/**
 * Asks a proxy for a tunnel (RFC 9110, section 9.3.6). The socket carries the tunnel's bytes from then on.
 * @throws {ProxyError} if the proxy answers with anything but success, or not at all
 */
export function openTunnel(
  socket: Socket,
  { host, port }: TunnelEnd,
  authorization: string | null,
): Promise<void> {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(authorization === null ? [] : [`Proxy-Authorization: ${authorization}`]),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return readAnswer(socket)
}

function readAnswer(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0)
    let byteCount = 0

    function onReadable(): void {
      for (let chunk: unknown = socket.read(); chunk !== null; chunk = socket.read()) {
        if (!Buffer.isBuffer(chunk)) break
        head = Buffer.concat([head, chunk])
        byteCount += chunk.length
      }
      for (let end = head.indexOf(headEnd); end >= 0; end = head.indexOf(headEnd)) {
        const status = parseStatus(head)
        head = head.subarray(end + headEnd.length)
        if (!isInterim(status)) {
          finish(status, head)
          return
        }
      }
      if (byteCount > maxHeadBytes) fail()
    }

    function finish(status: number | null, rest: Buffer): void {
      stopListening()
      if (status === null || status < 200 || status > 299) {
        reject(new ProxyError(status))
        return
      }
      // What follows the head is the tunnel's.
      if (rest.length > 0) socket.unshift(rest)
      resolve()
    }

    function fail(cause?: unknown): void {
      stopListening()
      reject(new ProxyError(null, cause))
    }

    const onEnd = (): void => fail()

    function stopListening(): void {
      socket.off('readable', onReadable)
      socket.off('end', onEnd)
      socket.off('close', onEnd)
      socket.off('error', fail)
    }

    socket.on('readable', onReadable)
    socket.on('end', onEnd)
    socket.on('close', onEnd)
    socket.on('error', fail)
  })
}

/** Whether another answer follows. Nobody asked for the protocol that 101 switches to. */
function isInterim(status: number | null): boolean {
  return status !== null && status < 200 && status !== 101
}

function parseStatus(head: Buffer): number | null {
  const match = /^HTTP\/1\.[01] (?<status>\d{3})[ \r]/.exec(head.toString('latin1', 0, 32))
  return match === null ? null : Number(match.groups?.status)
}

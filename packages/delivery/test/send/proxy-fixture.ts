import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificate } from '@posthorn/test-kit/certificates'
import { listen } from './sender-fixture.ts'

export interface ProxyFixture {
  readonly port: number
  /** The targets asked for, in order. */
  readonly asked: readonly string[]
  /** What came in `Proxy-Authorization`, in order. */
  readonly authorizations: readonly (string | undefined)[]
  /** Requests that were no `CONNECT`. */
  readonly forwardedCount: number
  readonly openTunnelCount: number
}

export interface ProxyFixtureOptions {
  readonly certificate?: Certificate
  /** What it says to `CONNECT`, on the wire, in place of a tunnel; null is silence. @default a tunnel */
  readonly answer?: string | null
  /** Bytes before the head of the answer to a tunnel, in the same write. */
  readonly interim?: string
  /** Bytes that follow the head of the answer in the same write. */
  readonly pushed?: string
}

/** A real proxy on loopback. Whatever name it is asked for, it leads to 127.0.0.1, since only the port is told by tests. */
export async function openProxy({
  certificate,
  answer,
  interim = '',
  pushed = '',
}: ProxyFixtureOptions = {}): Promise<ProxyFixture> {
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  const counts = { forwarded: 0, tunnels: 0 }
  const server = certificate === undefined ? createHttpServer() : createHttpsServer({ ...certificate })
  server.on('tlsClientError', () => {})
  server.on('request', (_request, response) => {
    counts.forwarded += 1
    response.end()
  })
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    client.on('error', () => {})
    asked.push(request.url ?? '')
    authorizations.push(request.headers['proxy-authorization'])
    if (answer === null) return
    if (answer !== undefined) {
      client.end(answer)
      return
    }
    const target: Socket = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1')
    target.on('error', () => client.destroy())
    counts.tunnels += 1
    target.once('close', () => {
      counts.tunnels -= 1
      client.destroy()
    })
    client.once('close', () => target.destroy())
    target.once('connect', () => {
      client.write(`${interim}HTTP/1.1 200 Connection established\r\nX-Proxy: test\r\n\r\n${pushed}`)
      client.pipe(target).pipe(client)
    })
  })
  const port = await listen(server)
  return {
    port,
    asked,
    authorizations,
    get forwardedCount() {
      return counts.forwarded
    },
    get openTunnelCount() {
      return counts.tunnels
    },
  }
}

import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'

export interface Listening {
  /** The origin, without a slash at the end. */
  readonly url: string
  /** Resolves when every connection has ended. */
  close(): Promise<void>
}

/** @param port 0 for any that is free */
export async function listenOnLoopback(server: Server | TlsServer, port = 0): Promise<Listening> {
  server.on('request', (_request, response: ServerResponse) => {
    // A connection that is busy when the server closes would be kept for a next request otherwise.
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Expected a server on a TCP port.')
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  return {
    url: `${scheme}://127.0.0.1:${address.port}`,
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

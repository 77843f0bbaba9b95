import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

export interface Listening {
  /** The origin, without a slash at the end. */
  readonly url: string
  /**
   * Resolves when every connection has ended. Those without a request end at once, others with their answer; a client that is waited
   * for, with the rest of its request or to take its answer, is cut off when it did not go on for `graceMs`, and after twelve times as
   * long in any case.
   */
  close(): Promise<void>
}

/** How long a closing server waits for a client that does not go on. */
const defaultGraceMs = 5_000

/** How often it looks meanwhile whether one does. Looks are counted, not time, so that a process that was held up cuts nobody off. */
const looksPerGrace = 10

/** With the default a minute: as long as it waits for a client that goes on and on. */
const maxLooks = 12 * looksPerGrace

/** @param port 0 for any that is free */
export async function listenOnLoopback(
  server: Server | TlsServer,
  port = 0,
  graceMs: number = defaultGraceMs,
): Promise<Listening> {
  const connections = trackConnections(server)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  // Such as a connection that cannot be accepted, since file descriptors have run out. The next one may be.
  server.on('error', (error) => console.error(error))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Expected a server on a TCP port.')
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  return {
    url: `${scheme}://127.0.0.1:${address.port}`,
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      connections.endIdle()
      const looking = setInterval(() => connections.endWaiting(), graceMs / looksPerGrace)
      await closed
      clearInterval(looking)
    },
  }
}

interface Connections {
  /** Ends those that no request came on, or no whole head of one, and from now on all others when they have answered. */
  endIdle(): void
  /**
   * Looks for those whose client has not sent all of its request, or not taken what there is of its answer, and ends them after some
   * looks between which nothing moved.
   */
  endWaiting(): void
}

interface Connection {
  readonly socket: Socket
  exchange: Exchange | null
  /** As of the last look. */
  movedBytes: number
  looksWithoutMove: number
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

function trackConnections(server: Server | TlsServer): Connections {
  // By the address of the client: with TLS, a request names another socket than the one that was accepted.
  const open = new Map<string, Connection>()
  let isEnding = false
  let lookCount = 0

  server.on('connection', (socket: Socket) => {
    const client = toClient(socket)
    open.set(client, { socket, exchange: null, movedBytes: 0, looksWithoutMove: 0 })
    socket.once('close', () => open.delete(client))
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(toClient(request.socket))
    if (connection === undefined) return
    const exchange = { request, response }
    connection.exchange = exchange
    response.once('close', () => {
      if (connection.exchange === exchange) connection.exchange = null
      if (isEnding) request.socket.destroySoon()
    })
  })

  return {
    endIdle: () => {
      isEnding = true
      for (const { socket, exchange } of open.values()) if (exchange === null) socket.destroy()
    },
    endWaiting: () => {
      lookCount += 1
      for (const connection of open.values()) {
        const isStill = countStillLooks(connection) >= looksPerGrace
        if ((isStill || lookCount >= maxLooks) && isWaitedFor(connection)) connection.socket.destroy()
      }
    },
  }
}

function countStillLooks(connection: Connection): number {
  // With TLS, the socket that was accepted counts nothing.
  const { bytesRead, bytesWritten } = connection.exchange?.request.socket ?? connection.socket
  const isStill = connection.movedBytes === bytesRead + bytesWritten
  connection.movedBytes = bytesRead + bytesWritten
  connection.looksWithoutMove = isStill ? connection.looksWithoutMove + 1 : 0
  return connection.looksWithoutMove
}

function isWaitedFor({ exchange }: Connection): boolean {
  return exchange === null || !exchange.request.complete || exchange.response.writableLength > 0
}

function toClient({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

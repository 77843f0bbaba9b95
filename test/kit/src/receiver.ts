import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Certificate } from './certificates.ts'
import { type Answer, accepted, giveAnswer } from './receiver-answer.ts'

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they were written. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Counts the connections of the receiver, from 1. */
  readonly connection: number
}

/** Chooses the answer to a request. @param index of the request, from 0 */
export type AnswerFunction = (request: ReceivedRequest, index: number) => Answer

export interface ReceiverOptions {
  /** One for each request in turn, or a function. Requests beyond the script are accepted. @default accepts all */
  readonly answers?: readonly Answer[] | AnswerFunction
  /** Makes it an https receiver. @default plain http */
  readonly certificate?: Certificate
  /** `silent` and `reset` never get to HTTP, nor to TLS. @default 'serve' */
  readonly onConnection?: 'serve' | 'silent' | 'reset'
  /** @default '127.0.0.1' */
  readonly address?: string
  /** Whether requests are kept to be looked at. @default true */
  readonly keepsRequests?: boolean
}

/** A real server on a free port of a loopback address, which does what its script says. */
export interface Receiver extends AsyncDisposable {
  /** Ends with a slash and names the address. */
  readonly url: string
  readonly port: number
  /** Those whose body has come whole, in order. */
  readonly requests: readonly ReceivedRequest[]
  /** All that were ever opened. */
  readonly connectionCount: number
  readonly openConnectionCount: number
  /** Resolves with all requests when there are this many. */
  waitForRequests(count: number): Promise<readonly ReceivedRequest[]>
  /** Resolves when this many connections were opened. */
  waitForConnections(count: number): Promise<void>
  /** Resolves when no connection is open. */
  waitForNoConnection(): Promise<void>
  /** Ends the open connections in an orderly way, as a receiver does with quiet ones. */
  endConnections(): void
  close(): Promise<void>
}

/** Opens a receiver. */
export async function createReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { address = '127.0.0.1', certificate } = options
  const requests: ReceivedRequest[] = []
  const open = new Map<Socket, number>()
  const watched = createWatched()
  let connectionCount = 0
  let requestCount = 0

  async function serve(request: IncomingMessage): Promise<Answer> {
    // Over TLS the socket of a request is not the one that was counted, but has the same far port.
    const farPort = request.socket.remotePort
    const connection = [...open].find(([socket]) => socket.remotePort === farPort)?.[1] ?? 0
    const { method = '', url: path = '', headers, rawHeaders } = request
    const received = { method, path, headers, rawHeaders, body: await buffer(request), connection }
    if (options.keepsRequests !== false) requests.push(received)
    requestCount += 1
    watched.changed()
    return chooseAnswer(options.answers ?? [], received, requestCount - 1)
  }

  const server = createServer(options, serve)
  server.on('connection', (socket: Socket) => {
    connectionCount += 1
    open.set(socket, connectionCount)
    socket.on('error', () => {})
    socket.once('close', () => {
      open.delete(socket)
      watched.changed()
    })
    watched.changed()
  })
  await new Promise<void>((resolve) => void server.listen(0, address, resolve))
  const port = readPort(server.address())

  async function close(): Promise<void> {
    for (const socket of open.keys()) socket.destroy()
    await new Promise((resolve) => void server.close(resolve))
  }

  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${port}/`,
    port,
    requests,
    get connectionCount() {
      return connectionCount
    },
    get openConnectionCount() {
      return open.size
    },
    async waitForRequests(count) {
      await watched.until(() => requests.length >= count)
      return requests
    },
    waitForConnections: (count) => watched.until(() => connectionCount >= count),
    waitForNoConnection: () => watched.until(() => open.size === 0),
    endConnections() {
      for (const socket of open.keys()) socket.end()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function createServer(
  { certificate, onConnection = 'serve' }: ReceiverOptions,
  serve: (request: IncomingMessage) => Promise<Answer>,
): Server {
  if (onConnection !== 'serve') {
    return createTcpServer((socket) => {
      if (onConnection === 'reset') socket.resetAndDestroy()
      else socket.resume()
    })
  }
  const server = certificate === undefined ? createHttpServer() : createHttpsServer({ ...certificate })
  // The script alone ends connections.
  server.keepAliveTimeout = 0
  server.headersTimeout = 0
  server.requestTimeout = 0
  server.on('tlsClientError', () => {})
  server.on('request', (request, response) => {
    // A request that breaks off is none.
    serve(request).then(
      (answer) => giveAnswer(answer, response),
      () => {},
    )
  })
  return server
}

function chooseAnswer(
  answers: readonly Answer[] | AnswerFunction,
  request: ReceivedRequest,
  index: number,
): Answer {
  return typeof answers === 'function' ? answers(request, index) : (answers[index] ?? accepted)
}

function readPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('Expected a server on a port.')
  return address.port
}

/** Lets others wait for a condition without asking again and again. */
interface Watched {
  changed(): void
  until(isMet: () => boolean): Promise<void>
}

function createWatched(): Watched {
  const waiting = new Set<() => void>()
  return {
    changed() {
      for (const check of waiting) check()
    },
    until: (isMet) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!isMet()) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

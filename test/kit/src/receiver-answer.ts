import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What a receiver does with one request. */
export type Answer =
  /** A proper answer; the connection stays. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Uint8Array
    }
  /** Another answer, once the promise resolves. */
  | { readonly kind: 'after'; readonly released: Promise<unknown>; readonly answer: Answer }
  /** Exactly these bytes on the wire, then silence, an orderly end or a reset. */
  | { readonly kind: 'raw'; readonly bytes: string | Uint8Array; readonly end: 'hang' | 'close' | 'reset' }
  /** `head` at once, then one `byte` at a time without end. */
  | { readonly kind: 'drip'; readonly head: string; readonly byte: string; readonly everyMs: number }
  /** `head` at once, then `chunk` again and again as fast as it is taken, without end. */
  | { readonly kind: 'flood'; readonly head: string; readonly chunk: string }

/** The head of an answer whose body ends with the connection. */
const openHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n'

export const accepted: Answer = { kind: 'status', status: 200, body: 'ok' }
export const hang: Answer = { kind: 'raw', bytes: '', end: 'hang' }
export const closeWithoutAnswer: Answer = { kind: 'raw', bytes: '', end: 'close' }
export const reset: Answer = { kind: 'raw', bytes: '', end: 'reset' }
export const drippedBody: Answer = { kind: 'drip', head: openHead, byte: 'a', everyMs: 20 }
export const drippedHeaders: Answer = { kind: 'drip', head: 'HTTP/1.1 200 OK\r\nx: ', byte: 'a', everyMs: 20 }
export const endlessBody: Answer = { kind: 'flood', head: openHead, chunk: 'a'.repeat(65_536) }
export const endlessHeaders: Answer = {
  kind: 'flood',
  head: 'HTTP/1.1 200 OK\r\n',
  chunk: 'x: y\r\n'.repeat(100),
}
export const interimFlood: Answer = {
  kind: 'flood',
  head: '',
  chunk: 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(10),
}

/** Gives an answer, on the response or past it on the socket. */
export function giveAnswer(answer: Answer, response: ServerResponse): void {
  const { socket } = response
  if (socket === null) return
  switch (answer.kind) {
    case 'status':
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
      return
    case 'after':
      void answer.released.then(() => giveAnswer(answer.answer, response))
      return
    case 'raw':
      giveRaw(socket, answer.bytes, answer.end)
      return
    case 'drip':
      drip(socket, answer.head, answer.byte, answer.everyMs)
      return
    case 'flood':
      flood(socket, answer.head, answer.chunk)
      return
  }
}

function giveRaw(socket: Socket, bytes: string | Uint8Array, end: 'hang' | 'close' | 'reset'): void {
  if (end === 'close') socket.end(bytes)
  else if (end === 'hang') socket.write(bytes)
  else if (bytes.length === 0) socket.resetAndDestroy()
  else socket.write(bytes, () => socket.resetAndDestroy())
}

function drip(socket: Socket, head: string, byte: string, everyMs: number): void {
  socket.write(head)
  const timer = setInterval(() => socket.write(byte), everyMs)
  socket.once('close', () => clearInterval(timer))
}

function flood(socket: Socket, head: string, chunk: string): void {
  socket.write(head)
  const pour = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', pour)
  pour()
}

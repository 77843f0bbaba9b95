import type { Readable } from 'node:stream'

/** Why an answer is not read on. */
export class AnswerError extends Error {
  readonly code: 'ANSWER_TOO_LARGE' | 'ANSWER_NOT_HTTP' | 'ANSWER_INTERIM'

  constructor(code: AnswerError['code']) {
    super(`The answer was not read on: ${code}.`)
    this.name = 'AnswerError'
    this.code = code
  }
}

/** What a connection has received since its last request. */
export interface AnswerWatch {
  /** The status of the last interim answer; null if none came. */
  readonly interimStatus: number | null
  /** What comes from now on belongs to another request. */
  restart(): void
}

/** Interim answers (103 and the like) before the real one. Source: our own; servers send one or two. */
const maxInterimCount = 16

/** How every answer begins, that of HTTP/1.0 too (RFC 9112, section 2.3). */
const protocol = 'HTTP/1.'

/** With the version and the status: `HTTP/1.1 200`. */
const statusEnd = protocol.length + 5

const [lineFeed, carriageReturn, two] = [0x0a, 0x0d, 0x32]

/**
 * Watches the bytes that undici reads of a socket, for what its parser leaves open:
 *
 * - It takes empty lines, a reason, extensions of chunks and zeros before their sizes without end. All bytes are counted here.
 * - It takes RTSP and HTTP/0.9 for HTTP.
 * - It ends a connection on `100 Continue`, which a client must expect even unasked (RFC 9110, section 15.2). On its way here the
 *   status becomes 102, which undici passes over: one digit, in bytes that belong to nobody else.
 * - It tells nobody which status it ended a connection for.
 *
 * A listener for `data` beside one for `readable` is called with each chunk that is read, before whoever reads gets it.
 *
 *   start ──status below 200──▶ interim ──empty line──▶ start
 *     └──any other──▶ final, where bytes are only counted
 *
 * @param socket of which nothing is read yet; destroyed with an {@link AnswerError} when enough was seen
 * @param maxBytes of one answer, with all that comes before and around it
 */
export function watchAnswers(socket: Readable, maxBytes: number): AnswerWatch {
  let part: 'start' | 'interim' | 'final' = 'start'
  let start = ''
  let lineLength = 0
  let byteCount = 0
  let interimCount = 0
  let interimStatus: number | null = null

  function end(code: AnswerError['code']): void {
    socket.destroy(new AnswerError(code))
  }

  function restart(): void {
    part = 'start'
    start = ''
    byteCount = 0
    interimCount = 0
    interimStatus = null
  }

  /** Takes the next byte of the first line of an answer, and gives what it should be. */
  function takeOfStart(byte: number): number {
    // Empty lines may come before an answer, as they do before a request (RFC 9112, section 2.2).
    if (start === '' && (byte === lineFeed || byte === carriageReturn)) return byte
    start += String.fromCharCode(byte)
    if (start.length <= protocol.length && !protocol.startsWith(start)) end('ANSWER_NOT_HTTP')
    return start.length === statusEnd ? takeStatus(byte) : byte
  }

  function takeStatus(lastDigit: number): number {
    const status = Number(start.slice(-3))
    part = status >= 100 && status < 200 ? 'interim' : 'final'
    if (part === 'final') return lastDigit
    lineLength = start.length
    interimCount += 1
    interimStatus = status
    // Nobody asked for another protocol.
    if (status === 101 || interimCount > maxInterimCount) end('ANSWER_INTERIM')
    return status === 100 ? two : lastDigit
  }

  function takeOfInterim(byte: number): void {
    if (byte === lineFeed && lineLength === 0) {
      part = 'start'
      start = ''
    } else if (byte === lineFeed) lineLength = 0
    else if (byte !== carriageReturn) lineLength += 1
  }

  function endIfTooLarge(): void {
    if (byteCount > maxBytes) end('ANSWER_TOO_LARGE')
  }

  function take(chunk: Buffer): void {
    byteCount += chunk.length
    for (let index = 0; index < chunk.length && part !== 'final' && !socket.destroyed; index += 1) {
      const byte = chunk[index] ?? 0
      if (part === 'start') chunk[index] = takeOfStart(byte)
      else takeOfInterim(byte)
    }
    // Only when undici has seen what was read: there may be a status in it, which decides.
    if (byteCount > maxBytes) process.nextTick(endIfTooLarge)
  }

  // Paused, so that the listener begins nothing by itself.
  socket.pause()
  socket.on('data', take)
  return {
    get interimStatus() {
      return interimStatus
    },
    restart,
  }
}

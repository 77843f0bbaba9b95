import type { Socket } from 'node:net'
import { Client } from 'undici'
import { type AnswerWatch, watchAnswers } from './answer-watch.ts'
import { type DialOptions, dial } from './dial.ts'
import type { ExchangePhase } from './exchange-phase.ts'
import { createPhaseTimes, type PhaseTimes } from './phase-times.ts'

/**
 * One socket to one origin and the HTTP parser on it: an undici `Client`, for one request at a time.
 *
 * An undici `Agent` would choose among its sockets by itself. Then nobody knows whether a request went over a used socket, a
 * resend may meet the next dead one, and a request cannot be taken back while its socket is being opened: undici tells of an
 * abort only when the connection stands. With a client for each socket all three are plain.
 */
export interface Connection {
  /** What it may be shared for; see {@link ConnectionOptions.key}. */
  readonly key: string
  readonly client: Client
  /** How far the socket got. */
  readonly phase: ExchangePhase
  /** Whether the socket carried a request before the one it carries now. */
  readonly isUsed: boolean
  /** Whether the socket stands, so that another request may follow. */
  readonly isOpen: boolean
  /** The status of the last interim answer to the request it carries; null if none came. */
  readonly interimStatus: number | null
  /** What went wrong with the socket first; undici tells of the last. */
  readonly socketError: Error | null
  /** When the socket stood, on the monotonic clock; null before. */
  readonly openedAt: number | null
  /** Of the socket, or of the one that is being opened. */
  readonly times: PhaseTimes
  /** Says that a request ended well, so that the next is not the first. */
  markUsed(): void
  /** Ends the socket at once, in whatever phase. */
  destroy(): void
}

export interface ConnectionOptions extends Omit<DialOptions, 'onPhase'> {
  /** The same for requests that may go over one connection, and different for all others. */
  readonly key: string
  /** Whether the host is a name that is looked up here. */
  readonly hasLookUp: boolean
  /** Bytes of one answer that are read, with all that stands around its body. */
  readonly maxReceivedBytes: number
  /** What a receiver may raise the time to after which a quiet socket closes, in ms from 1 up. */
  readonly maxQuietMs: number
  /** Called when the socket closed. */
  readonly onClosed: (connection: Connection) => void
}

/** Bytes of the headers of an answer. Source: the default of Node's own parser. */
const maxHeaderBytes = 16_384

/** A quiet socket closes after this, unless the receiver named another time. Source: undici's default. */
const quietMs = 4_000

/** Sockets opened for one request: the first, and one more if that closed before the request could be written. */
const maxOpenCount = 2

/** Whatever the receiver sent before it was asked, it was no answer. */
class UnaskedAnswerError extends Error {
  readonly code = 'ANSWER_UNASKED'
}

export function createConnection(options: ConnectionOptions): Connection {
  const { key, hasLookUp, maxReceivedBytes, maxQuietMs, onClosed, ...target } = options
  const ending = new AbortController()
  let socket: Socket | null = null
  let watch: AnswerWatch | null = null
  let phase: ExchangePhase = 'look-up'
  let openedAt: number | null = null
  let isUsed = false
  let socketError: Error | null = null
  let openCount = 0
  let times = createPhaseTimes(hasLookUp)

  /** undici calls this again, by itself, if the socket closed after a request was given to it and before it was written. */
  async function open(): Promise<Socket> {
    socketError = null
    // Without a bound, a receiver that talks before it is asked would be dialled again and again until the deadline.
    if (openCount === maxOpenCount) throw new UnaskedAnswerError()
    openCount += 1
    isUsed = false
    times = createPhaseTimes(hasLookUp)
    const onPhase = (next: ExchangePhase): void => {
      phase = next
      times.begin(next)
    }
    const opened = await dial({ ...target, onPhase }, ending.signal)
    opened.once('error', (error) => {
      socketError = error
    })
    watch = watchAnswers(opened, maxReceivedBytes)
    openedAt = times.lastAt
    socket = opened
    return opened
  }

  const client = new Client(target.url.origin, {
    connect: (_target, callback) => {
      open().then(
        (opened) => callback(null, opened),
        (error: Error) => callback(error, null),
      )
    },
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: Math.min(quietMs, maxQuietMs),
    keepAliveMaxTimeout: maxQuietMs,
    // The deadline of the attempt covers every phase.
    headersTimeout: 0,
    bodyTimeout: 0,
  })

  const connection: Connection = {
    key,
    client,
    get phase() {
      return phase
    },
    get isUsed() {
      return isUsed
    },
    get isOpen() {
      return socket !== null && phase === 'exchange' && !socket.destroyed && !client.destroyed
    },
    get interimStatus() {
      return watch?.interimStatus ?? null
    },
    get socketError() {
      return socketError
    },
    get openedAt() {
      return openedAt
    },
    get times() {
      return times
    },
    markUsed() {
      isUsed = true
      openCount = 0
      watch?.restart()
    },
    destroy() {
      ending.abort()
      client.destroy().catch(() => {})
    },
  }
  client.on('disconnect', () => onClosed(connection))
  return connection
}

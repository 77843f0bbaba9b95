import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { listenOnLoopback } from '../server/listen-on-loopback.ts'
import type { Certificate } from './certificate.ts'
import { type PushBody, parsePushBody } from './push-body.ts'

export interface ReceiverOptions {
  /** Serves https with it. */
  readonly certificate?: Certificate
  /** Answers 401 to requests that are not signed with it. */
  readonly secret?: string
  /** The answer to the nth good request, from 1. @default 200 to each */
  readonly toStatus?: (requestNumber: number) => number
}

/** A POST as a receiver saw it. */
interface Arrival {
  readonly status: number
  /** Null if the body was not that of a push. */
  readonly body: PushBody | null
  readonly isSignatureVerified: boolean
}

/** Someone whom the server tells of pushes. */
export interface Receiver {
  /** The origin, without a slash at the end. */
  readonly url: string
  readonly arrivals: readonly Arrival[]
  close(): Promise<void>
}

export async function createReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const arrivals: Arrival[] = []
  const listener: RequestListener = (request, response) => {
    void buffer(request).then(
      (bytes) => {
        const arrival = judge(bytes, request.headers, options, arrivals.length + 1)
        arrivals.push(arrival)
        response.writeHead(arrival.status).end()
      },
      () => response.destroy(),
    )
  }
  const { certificate } = options
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener)
  return { ...(await listenOnLoopback(server)), arrivals }
}

function judge(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  { secret, toStatus = () => 200 }: ReceiverOptions,
  requestNumber: number,
): Arrival {
  const isSignatureVerified =
    secret !== undefined && isSignedWith(secret, bytes, headers['x-hub-signature']?.toString() ?? '')
  if (secret !== undefined && !isSignatureVerified) return { status: 401, body: null, isSignatureVerified }
  try {
    const body = parsePushBody(bytes.toString('utf8'))
    return { status: toStatus(requestNumber), body, isSignatureVerified }
  } catch {
    return { status: 400, body: null, isSignatureVerified }
  }
}

function isSignedWith(secret: string, bytes: Buffer, signature: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`)
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

import { AnswerReader, type Exchange } from './answer-reader.ts'
import type { Connection } from './connection.ts'
import type { Cutoff } from './cutoff.ts'
import type { SendRequest } from './send-request.ts'

/** What came of an exchange, and when. Times are on the monotonic clock. */
export interface TimedExchange {
  readonly result: Exchange
  readonly startedAt: number
  readonly firstByteAt: number | null
}

/**
 * Sends one request over a connection and reads its answer. Resolves in every case. The connection can carry another request
 * if the answer was read to its end, and is destroyed if not.
 * @param cutoff ends the exchange, whatever phase it is in
 */
export function exchange(
  connection: Connection,
  { url, headers, body }: SendRequest,
  maxAnswerBytes: number,
  cutoff: Cutoff,
): Promise<TimedExchange> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const reader = new AnswerReader(maxAnswerBytes, (result) => {
      cutoff.onCut(null)
      // First, because destroying the connection makes the reader report that as an error.
      resolve({ result, startedAt, firstByteAt: reader.firstByteAt })
      if (result.kind === 'answered' && result.isWhole) connection.markUsed()
      else connection.destroy()
    })
    if (cutoff.cause !== null) return reader.cutOff()
    cutoff.onCut(() => reader.cutOff())
    // The origin is the client's and the path stands apart from it: joined, `//host/path` would name another host.
    const path = `${url.pathname}${url.search}`
    connection.client.dispatch({ method: 'POST', path, headers: headers.flat(), body }, reader)
  })
}

import { createActivity } from '../timing/activity.ts'
import { createConnectionPool } from './connection-pool.ts'
import { runAttempt } from './run-attempt.ts'
import type { SendRecord, SendRequest } from './send-request.ts'
import { resolveSenderOptions, type SenderOptions } from './sender-options.ts'

export type { SendRequest } from './send-request.ts'

/** Makes attempts: one request each, and what became of it as a value. */
export interface Sender {
  /**
   * Never rejects for what a receiver does.
   * @param signal ends the attempt as `stopped`, unless a status had arrived
   */
  send(request: SendRequest, signal?: AbortSignal): Promise<SendRecord>
  /** Ends quiet connections, waits for the attempts that are running, and ends theirs. Later attempts are `stopped`. */
  close(): Promise<void>
}

/** @throws {InvalidInputError} `option.invalid` */
export function createSender(options: SenderOptions): Sender {
  const resolved = resolveSenderOptions(options)
  const pool = createConnectionPool({
    policy: resolved.policy,
    resolver: resolved.resolver,
    maxSocketAgeMs: resolved.maxSocketAgeMs,
    kept: { maxPerKey: resolved.connectionsPerOrigin, maxCount: resolved.maxKeptConnections },
  })
  const context = { ...resolved, pool }
  const running = createActivity()
  let isClosed = false

  return {
    send: (request, signal) =>
      running.during(() => runAttempt(request, isClosed ? AbortSignal.abort() : signal, context)),
    async close() {
      isClosed = true
      pool.clear()
      await running.whenQuiet()
      pool.clear()
    },
  }
}

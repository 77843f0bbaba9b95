import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { firstMessage, startProgram } from '../program/start-program.ts'

/** A receiver in a process of its own. */
export interface BenchReceiver extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: string
  /** Forgets what came so far. */
  reset(): Promise<void>
  /**
   * How many requests a second were answered in the second half of those that came since the reset. The first half is left to
   * what begins anew in every run, as the code of a store's thread, which is compiled once for each.
   * @throws {Error} unless exactly this many came, all with ids of their own, and signed right
   */
  takeRate(expectedCount: number): Promise<number>
}

/** What a receiver is told: to say what came, and to begin a new count. */
export type ReceiverMessage = 'report'

/** What came since the last report. */
export interface Received {
  readonly requestCount: number
  readonly distinctCount: number
  /** Of those whose signature was verified, one in a hundred. */
  readonly wrongSignatureCount: number
  /** Answers a second in the second half of the requests. */
  readonly secondHalf: number
}

export async function startReceiver(): Promise<BenchReceiver> {
  const program = startProgram<{ readonly port: number }>(new URL('./receiver-process.ts', import.meta.url))
  const { child, ended } = program
  const { port } = await firstMessage(program)
  return {
    url: `http://127.0.0.1:${port}/`,
    async reset() {
      await ask(child)
    },
    async takeRate(expectedCount) {
      const { requestCount, distinctCount, wrongSignatureCount, secondHalf } = await ask(child)
      if (requestCount !== expectedCount || distinctCount !== expectedCount || wrongSignatureCount > 0) {
        throw new Error(
          `Expected ${expectedCount} distinct requests, signed right; ${requestCount} came, ` +
            `${distinctCount} distinct, ${wrongSignatureCount} signed wrong.`,
        )
      }
      return secondHalf
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await ended
    },
  }
}

async function ask(child: ChildProcess): Promise<Received> {
  const message: ReceiverMessage = 'report'
  child.send(message)
  const [received] = (await once(child, 'message')) as [Received]
  return received
}

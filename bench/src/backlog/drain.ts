import { startProgram } from '../program/start-program.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'

/** What the program that drains says. */
export type DrainMessage =
  | { readonly kind: 'progress'; readonly deliveredCount: number }
  | {
      readonly kind: 'end'
      /** As many as were wanted, and those that were on their way when that was reached. */
      readonly deliveredCount: number
      /** The most that its process held in memory at a time. */
      readonly peakBytes: number
    }

export interface Drained {
  /** Deliveries per second. */
  readonly rate: number
  readonly peakMegabytes: number
}

/**
 * V8 lets more garbage lie the more memory there is, 100 MB and another amount in every run. With these bounds, in MB, it holds what
 * it needs to within a few, so that what a backlog costs can be seen.
 */
const heapBounds = ['--max-semi-space-size=16', '--max-old-space-size=128']

/**
 * Delivers so many of the deliveries in a file, in a process of its own.
 * @param onProgress told from time to time how many have been delivered
 * @throws {Error} unless exactly what was delivered has arrived
 */
export async function drain(
  location: string,
  count: number,
  receiver: BenchReceiver,
  onProgress: (deliveredCount: number) => Promise<void> = async () => {},
): Promise<Drained> {
  await receiver.reset()
  const program = new URL('./drain-process.ts', import.meta.url)
  const words = [location, String(count)]
  const { child, messages, ended } = startProgram<DrainMessage>(program, words, heapBounds)
  for await (const message of messages) {
    if (message.kind === 'progress') {
      await onProgress(message.deliveredCount)
      continue
    }
    child.disconnect()
    await ended
    const rate = await receiver.takeRate(message.deliveredCount)
    return { rate, peakMegabytes: message.peakBytes / 1_000_000 }
  }
  throw new Error(`The process that drains ended before it had delivered ${count}.`)
}

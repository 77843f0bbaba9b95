import { once } from 'node:events'
import { firstMessage, startProgram } from '../program/start-program.ts'
import type { Arrival, ArrivalMessage } from './arrival-process.ts'

export type { Arrival } from './arrival-process.ts'

/** A receiver on many ports, in a process of its own, that notes when each request began to arrive. */
export interface Arrivals extends AsyncDisposable {
  /** One for each port, each ending with a slash. */
  readonly urls: readonly string[]
  /** Whether the first port answers nothing from now on. */
  setHanging(isHanging: boolean): void
  /** What came since the last call. */
  take(): Promise<readonly Arrival[]>
}

export async function startArrivals(portCount: number): Promise<Arrivals> {
  const location = new URL('./arrival-process.ts', import.meta.url)
  const program = startProgram<readonly number[]>(location, [String(portCount)])
  const { child, ended } = program
  const ports = await firstMessage(program)
  const send = (message: ArrivalMessage) => child.send(message)
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}/`),
    setHanging: (isHanging) => void send(isHanging ? 'hang' : 'answer'),
    async take() {
      send('report')
      const [arrivals] = (await once(child, 'message')) as [readonly Arrival[]]
      return arrivals
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await ended
    },
  }
}

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A process that runs a file of this folder and says what it does, line by line. */
export interface Child {
  /** The next line it prints. */
  line(): Promise<string>
  send(line: string): void
  kill(signal: NodeJS.Signals): void
  /** What it ended with: an exit code, or the name of a signal. */
  readonly ended: Promise<number | string>
}

/** @param uid the user to run as; the same one by default */
export function startChild(name: string, args: readonly string[], uid?: number): Child {
  const file = join(import.meta.dirname, `${name}.ts`)
  const child = spawn(process.execPath, ['--conditions=@posthorn/source', file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid }),
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    line: async () => String((await lines.next()).value),
    send: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    ended: new Promise((tell) => child.once('exit', (code, signal) => tell(code ?? signal ?? ''))),
  }
}

/** In a child: the lines that its parent sends. */
export function parentLines(): AsyncIterableIterator<string> {
  return createInterface({ input: process.stdin })[Symbol.asyncIterator]()
}

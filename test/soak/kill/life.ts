import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** One run of the emitting process. */
export interface Life {
  kill(): void
  /** What it ended with, an exit code or the name of a signal; when all that it said was heard. */
  readonly ended: Promise<number | string>
}

/** @param hear called with each line that came whole */
export function startLife(args: readonly string[], hear: (line: string) => void): Life {
  const file = fileURLToPath(import.meta.resolve('./child.ts'))
  const child = spawn(process.execPath, ['--conditions=@posthorn/source', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let unfinished = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (unfinished + text).split('\n')
    unfinished = lines.pop() ?? ''
    for (const line of lines) hear(line)
  })
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((tell) => child.once('close', (code, signal) => tell(code ?? signal ?? ''))),
  }
}

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Where a process stops itself once it is armed: before or after a statement that holds a text. */
export type StopPoint = `${'before' | 'after'} ${string}`

export interface StoreProcessOptions {
  /** The URL of what it runs. */
  readonly file: string
  readonly args?: readonly string[]
  readonly stopAt?: StopPoint
}

/** A process of a test, which is told what to do and says what it does, a line each. */
export interface StoreProcess {
  send(line: string): void
  /**
   * What it has said after a word, so far and ever since it was started, when there are this many such lines.
   * @throws {Error} it ended before
   */
  heard(word: string, count: number): Promise<readonly string[]>
  /** What it has said after a word until now. */
  said(word: string): readonly string[]
  kill(): void
  /** Lets a stopped process go on, and resolves when it does. */
  resume(): Promise<void>
  /** Asks it to end in an orderly way. Resolves as `ended`. */
  end(): Promise<number | string>
  /** What it ended with, an exit code or the name of a signal; when all that it said was heard. */
  readonly ended: Promise<number | string>
}

/** How often a process is told to go on until it says so, in ms. */
const resumeEveryMs = 50

const running = new Set<StoreProcess>()

/** Ends, at once, whatever is still running. */
export async function killAll(): Promise<void> {
  const left = [...running]
  for (const process of left) process.kill()
  await Promise.all(left.map(({ ended }) => ended))
}

/** Starts a process; it ends by itself when this one does. */
export function startProcess({ file, args = [], stopAt }: StoreProcessOptions): StoreProcess {
  const preload = `--import=${import.meta.resolve('./stop-points.ts')}`
  const child = spawn(process.execPath, ['--conditions=@posthorn/source', fileURLToPath(file), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: preload, ...(stopAt === undefined ? {} : { STOP_AT: stopAt }) },
  })
  child.stdin.on('error', () => {})
  const letGo = guard(child.pid)
  const lines = createLines()
  createInterface({ input: child.stdout }).on('line', (line) => lines.add(line))
  const ended = new Promise<number | string>((tell) => {
    child.once('close', (code, signal) => {
      letGo()
      running.delete(started)
      lines.end()
      tell(code ?? signal ?? '')
    })
  })

  async function resume(): Promise<void> {
    const resumed = lines.heard('resumed', lines.said('resumed').length + 1)
    // A signal that comes before the process has stopped would be lost, so it is repeated.
    const timer = setInterval(() => child.kill('SIGCONT'), resumeEveryMs)
    child.kill('SIGCONT')
    await resumed.finally(() => clearInterval(timer))
  }

  const started: StoreProcess = {
    send: (line) => void child.stdin.write(`${line}\n`),
    heard: lines.heard,
    said: lines.said,
    kill: () => void child.kill('SIGKILL'),
    resume,
    end() {
      child.stdin.end()
      return ended
    },
    ended,
  }
  running.add(started)
  return started
}

/** What a process has said, for those who wait for it. */
interface Lines extends Pick<StoreProcess, 'heard' | 'said'> {
  add(line: string): void
  /** There is no more to come. */
  end(): void
}

function createLines(): Lines {
  const lines: string[] = []
  const checks = new Set<() => void>()
  let hasEnded = false

  function changed(): void {
    for (const check of checks) check()
  }

  function said(word: string): readonly string[] {
    return lines.flatMap((line) => {
      const [first, ...rest] = line.split(' ')
      return first === word ? [rest.join(' ')] : []
    })
  }

  return {
    add(line) {
      lines.push(line)
      changed()
    },
    end() {
      hasEnded = true
      changed()
    },
    said,
    heard: (word, count) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = said(word)
          if (found.length < count && !hasEnded) return
          checks.delete(check)
          if (found.length >= count) resolve(found)
          else
            reject(
              new Error(`A process ended before it said \`${word}\` ${count} times: ${lines.join('; ')}`),
            )
        }
        checks.add(check)
        check()
      }),
  }
}

/**
 * Kills a process when this one ends without letting go of it: one that is stopped cannot notice by itself.
 * @returns lets go
 */
function guard(pid: number | undefined): () => void {
  const script = 'read -r line || kill -KILL "$1"'
  const watcher = spawn('sh', ['-c', script, 'guard', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] })
  watcher.stdin.on('error', () => {})
  return () => void watcher.stdin.end('done\n')
}

import { type ChildProcess, spawn } from 'node:child_process'
import { nextTick } from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { GitError } from '../errors.ts'

const maxErrorBytes = 4_096

/** What is written at once of many lines: as much as a pipe holds. */
const blockLength = 65_536

/** A running git, fed with lines. */
export interface GitProcess {
  write(text: string): void
  /** Writes many lines, no faster than they are read, and ends its input. Resolves early if nobody reads them any more. Never rejects. */
  writeAll(lines: Iterable<string>): Promise<void>
  /** Ends its input. */
  end(): void
  /** Lets it wait with further output, until `resume`. What is on its way may still come. */
  pause(): void
  resume(): void
  /** Kills it because its output is no longer wanted: `closed` resolves. */
  stop(): void
  /** Kills it because the call is over: `closed` rejects. */
  kill(): void
  /** Settles when the process is gone: rejects with a {@link GitError} unless it ended well or was stopped. */
  readonly closed: Promise<void>
}

/** What a {@link GitProcess} is started with. */
export interface GitProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Absolute, and always there. */
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly onOutput: (chunk: Buffer) => void
  /** Gives a failure its final form. */
  readonly explain: (failure: GitError) => GitError
}

/** Starts git without a shell. Its output goes to `onOutput` as it comes, and is kept nowhere else. Never throws. */
export function startGitProcess(options: GitProcessOptions): GitProcess {
  const { command, args, cwd, env } = options
  let child: ChildProcess
  try {
    child = spawn(command, args, { cwd, env, stdio: 'pipe', windowsHide: true })
  } catch (cause) {
    return createUnstarted(Promise.reject(toStartFailure(cause)))
  }
  const failed = new Promise<never>((_, reject) => {
    child.on('error', (cause) => reject(toStartFailure(cause)))
  })
  const { stdin, stdout, stderr } = child
  // Where file descriptors have run out, a child has no pipes, and the error comes in the next tick.
  if (!(stdin && stdout && stderr)) return createUnstarted(failed)
  return attach(child, { stdin, stdout, stderr }, failed, options)
}

interface Pipes {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}

function attach(
  child: ChildProcess,
  { stdin, stdout, stderr }: Pipes,
  failed: Promise<never>,
  { args, onOutput, explain }: GitProcessOptions,
): GitProcess {
  const complaints = keepBeginning()
  let isStopped = false
  let outputError: unknown

  function kill(): void {
    child.kill('SIGKILL')
    // Where `git` is a script, what it started may live on; without these pipes nobody waits for it, and it ends by itself.
    stdout.destroy()
    stderr.destroy()
  }

  stderr.on('data', (chunk: Buffer) => complaints.add(chunk))
  stdout.on('data', (chunk: Buffer) => {
    if (isStopped || outputError !== undefined) return
    try {
      onOutput(chunk)
    } catch (error) {
      outputError = error
      kill()
    }
  })
  // A process that ends before it has read all its input breaks the pipe; its status says why.
  stdin.on('error', () => undefined)

  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', (exitCode, signal) => {
      if (outputError !== undefined) reject(outputError)
      else if (isStopped || exitCode === 0) resolve()
      else reject(explain(toFailure(args, exitCode, signal, complaints.text())))
    })
  })
  const closed = Promise.race([failed, ended])
  // Whoever needs the result waits for `closed` too; until then a failure is not an unhandled one.
  closed.catch(() => undefined)

  return {
    write: (text) => {
      if (!stdin.writable) return
      // Lines written in one turn go out in one system call.
      if (stdin.writableCorked === 0) {
        stdin.cork()
        nextTick(() => stdin.uncork())
      }
      stdin.write(text)
    },
    writeAll: (lines) => writeAll(stdin, lines),
    end: () => stdin.end(),
    pause: () => {
      stdout.pause()
    },
    resume: () => {
      stdout.resume()
    },
    stop: () => {
      isStopped = true
      kill()
    },
    kill,
    closed,
  }
}

async function writeAll(stdin: Writable, lines: Iterable<string>): Promise<void> {
  let block = ''
  for (const line of lines) {
    block += `${line}\n`
    if (block.length < blockLength) continue
    if (!stdin.writable) return
    if (!stdin.write(block)) await toDrained(stdin)
    block = ''
  }
  stdin.end(block)
}

function toDrained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stdin.off('drain', settle).off('close', settle)
      resolve()
    }
    stdin.on('drain', settle).on('close', settle)
  })
}

/** A process that there is none of. */
function createUnstarted(closed: Promise<never>): GitProcess {
  closed.catch(() => undefined)
  const nothing = (): void => undefined
  return {
    write: nothing,
    writeAll: () => Promise.resolve(),
    end: nothing,
    pause: nothing,
    resume: nothing,
    stop: nothing,
    kill: nothing,
    closed,
  }
}

function toStartFailure(cause: unknown): GitError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new GitError({ code: 'git.failed', message: `git could not be started: ${reason}.`, cause })
}

function toFailure(
  args: readonly string[],
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): GitError {
  const [, , command] = args
  const end = exitCode === null ? `was ended by ${signal}` : `failed with status ${exitCode}`
  const reason = stderr.split('\n').findLast((line) => line !== '')
  return new GitError({
    code: 'git.failed',
    message: reason === undefined ? `git ${command} ${end}.` : `git ${command} ${end}: ${reason}`,
    exitCode,
    stderr,
  })
}

function keepBeginning(): { add(chunk: Buffer): void; text(): string } {
  const chunks: Buffer[] = []
  let room = maxErrorBytes
  return {
    add: (chunk) => {
      const kept = chunk.subarray(0, room)
      if (kept.length > 0) chunks.push(kept)
      room -= kept.length
    },
    text: () => Buffer.concat(chunks).toString('utf8').trimEnd(),
  }
}

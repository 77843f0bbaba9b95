import { spawn } from 'node:child_process'
import { nextTick } from 'node:process'
import { GitError } from '../errors.ts'

const maxErrorBytes = 4_096

/** A running git, fed with lines. */
export interface GitProcess {
  write(text: string): void
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
  readonly env: NodeJS.ProcessEnv
  readonly onOutput: (chunk: Buffer) => void
  /** Gives a failure its final form. */
  readonly explain: (failure: GitError) => GitError
}

/** Starts git without a shell. Its output goes to `onOutput` as it comes, and is kept nowhere else. */
export function startGitProcess(options: GitProcessOptions): GitProcess {
  const { command, args, env, onOutput, explain } = options
  const child = spawn(command, args, { env, stdio: 'pipe', windowsHide: true })
  const stderr = keepBeginning()
  let isStopped = false
  let outputError: unknown

  function kill(): void {
    child.kill('SIGKILL')
    // Where `git` is a script, what it started may live on; without these pipes nobody waits for it, and it ends by itself.
    child.stdout.destroy()
    child.stderr.destroy()
  }

  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  child.stdout.on('data', (chunk: Buffer) => {
    if (isStopped || outputError !== undefined) return
    try {
      onOutput(chunk)
    } catch (error) {
      outputError = error
      kill()
    }
  })
  // A process that ends before it has read all its input breaks the pipe; its status says why.
  child.stdin.on('error', () => undefined)

  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', (cause) => {
      reject(
        new GitError({ code: 'git.failed', message: `git could not be started: ${cause.message}.`, cause }),
      )
    })
    child.on('close', (exitCode, signal) => {
      if (outputError !== undefined) reject(outputError)
      else if (isStopped || exitCode === 0) resolve()
      else reject(explain(toFailure(args, exitCode, signal, stderr.text())))
    })
  })
  // Whoever needs the result waits for `closed` too; until then a failure is not an unhandled one.
  closed.catch(() => undefined)

  return {
    write: (text) => {
      if (!child.stdin.writable) return
      // Lines written in one turn go out in one system call.
      if (child.stdin.writableCorked === 0) {
        child.stdin.cork()
        nextTick(() => child.stdin.uncork())
      }
      child.stdin.write(text)
    },
    end: () => child.stdin.end(),
    pause: () => {
      child.stdout.pause()
    },
    resume: () => {
      child.stdout.resume()
    },
    stop: () => {
      isStopped = true
      kill()
    },
    kill,
    closed,
  }
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

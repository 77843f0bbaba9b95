import { existsSync } from 'node:fs'
import { join, parse } from 'node:path'
import { GitError } from '../errors.ts'
import { findGitDirs } from './git-dirs.ts'
import { type GitProcess, startGitProcess } from './git-process.ts'

/** What all git processes of one call share. */
export interface GitSessionOptions {
  /** The git executable: a name, or an absolute path. */
  readonly git: string
  /** Absolute. */
  readonly gitDir: string
  readonly env: NodeJS.ProcessEnv
  /** From the opening of the session; when it is over, every process is killed. */
  readonly timeoutMs: number
  /** Bytes that may be kept of all output together, but for what can be left out; see `GitSession.keepOptional`. */
  readonly maxBytes: number
}

/** Of `maxBytes`, for what can be left out. */
const optionalShare = 1 / 4

/** The git processes of one call, with their common deadline and their common bound on memory. */
export interface GitSession {
  /**
   * Starts git in the repository, unless the session was closed. `onOutput` may throw, which kills the process and fails `closed`.
   * @param flush `each`: what is printed comes at once. `full`: when there is much of it, which is quicker for long lists
   */
  start(args: readonly string[], onOutput: (chunk: Buffer) => void, flush?: 'each' | 'full'): GitProcess
  /**
   * Counts bytes of output that are kept.
   * @throws {GitError} `git.output-too-large` when it is too many
   */
  keep(bytes: number): void
  /**
   * The same for what can be left out, which may take a quarter of `maxBytes` besides: so the rest never fails over it, and how much
   * there is does not depend on what else is read meanwhile.
   * @returns false if there is no room: then nothing was counted, and nothing may be kept
   */
  keepOptional(bytes: number): boolean
  /**
   * Calls back when half of the time is over, at once if it is already, so that what can be left out leaves time for the rest. Not
   * after `close`.
   */
  onHalfTime(callback: () => void): void
  /** For long work between two answers of git. @throws {GitError} `git.failed` when the deadline has passed */
  checkDeadline(): void
  /** @throws {GitError} `git.not-a-repository` if it is none, or no longer one */
  checkRepository(): void
  /** Kills what still runs and resolves when nothing does. Never rejects. */
  close(): Promise<void>
}

/**
 * The repository is named by `--git-dir`: git then looks for no other, and does not ask who owns it (it checks
 * `safe.directory` only for repositories it found by itself; git-config(1), tried with 2.39).
 */
export function openGitSession(options: GitSessionOptions): GitSession {
  const { git, gitDir, env, timeoutMs, maxBytes } = options
  const running = new Set<GitProcess>()
  let keptBytes = 0
  let optionalRoom = maxBytes * optionalShare
  let isOverdue = false
  let isClosed = false
  let isHalfOver = false
  const waitingForHalf: (() => void)[] = []
  const halfTime = setTimeout(() => {
    isHalfOver = true
    for (const callback of waitingForHalf) callback()
  }, timeoutMs / 2)
  const deadline = setTimeout(() => {
    isOverdue = true
    for (const process of running) process.kill()
  }, timeoutMs)

  function checkRepository(): void {
    const { own, common } = findGitDirs(gitDir)
    if (existsSync(join(own, 'HEAD')) && existsSync(join(common, 'objects'))) return
    throw new GitError({
      code: 'git.not-a-repository',
      message: `Expected \`gitDir\` to be a Git repository, got ${gitDir}. For one with a work tree give its .git directory.`,
    })
  }

  function overdue(stderr: string): GitError {
    const message = `git did not finish within ${timeoutMs} ms and was killed.`
    return new GitError({ code: 'git.failed', message, stderr })
  }

  function explain(failure: GitError): GitError {
    if (isOverdue) return overdue(failure.stderr)
    if (failure.exitCode === null) return failure
    try {
      checkRepository()
      return failure
    } catch (error) {
      return error instanceof GitError ? error : failure
    }
  }

  return {
    start: (args, onOutput, flush = 'each') => {
      // After a failure elsewhere, others of the same call still want to go on.
      if (isClosed) throw new GitError({ code: 'git.failed', message: 'The call is over.' })
      const process = startGitProcess({
        command: git,
        args: ['--git-dir', gitDir, ...args],
        // Of a repository with a work tree git takes the working directory for that, and reads `.gitattributes` in it. The
        // host's may be anything, or gone.
        cwd: parse(gitDir).root,
        // git(1), GIT_FLUSH: into a pipe, a list is otherwise written commit by commit.
        env: flush === 'full' ? { ...env, GIT_FLUSH: '0' } : env,
        onOutput,
        explain,
      })
      running.add(process)
      process.closed.then(
        () => running.delete(process),
        () => running.delete(process),
      )
      if (isOverdue) process.kill()
      return process
    },
    keep: (bytes) => {
      keptBytes += bytes
      if (keptBytes <= maxBytes) return
      throw new GitError({
        code: 'git.output-too-large',
        message: `Reading the push took more than ${maxBytes} bytes of memory. Raise \`maxBytes\` if that is right.`,
      })
    },
    keepOptional: (bytes) => {
      if (bytes > optionalRoom) return false
      optionalRoom -= bytes
      return true
    },
    onHalfTime: (callback) => {
      if (isHalfOver) callback()
      else waitingForHalf.push(callback)
    },
    checkDeadline: () => {
      if (isOverdue) throw overdue('')
    },
    checkRepository,
    close: async () => {
      isClosed = true
      clearTimeout(deadline)
      clearTimeout(halfTime)
      const left = [...running]
      for (const process of left) process.kill()
      await Promise.allSettled(left.map((process) => process.closed))
    },
  }
}

import { PosthornError, type PosthornErrorCode } from '@posthorn/core'

/** The codes of {@link GitError}. */
export type GitErrorCode = Extract<PosthornErrorCode, `git.${string}`>

/** What a {@link GitError} is made from. */
export interface GitErrorOptions {
  readonly code: GitErrorCode
  readonly message: string
  readonly exitCode?: number | null
  readonly stderr?: string
  readonly cause?: unknown
}

/** A push could not be read. Nothing was written to the repository, and no process of the call is left running. */
export class GitError extends PosthornError {
  /** The status of the git process; null if it was killed, never started, or if none was involved. */
  readonly exitCode: number | null
  /** The beginning of what git printed as errors, up to 4,096 bytes. For the operator: it may name paths of the machine. */
  readonly stderr: string

  constructor(options: GitErrorOptions) {
    super(options)
    this.exitCode = options.exitCode ?? null
    this.stderr = options.stderr ?? ''
  }
}

import { resolve } from 'node:path'
import { type Account, InvalidInputError, type PushDetail, type Repository } from '@posthorn/core'
import { toGitEnvironment } from './process/git-environment.ts'
import type { GitSessionOptions } from './process/git-session.ts'
import { type PushUpdate, parsePushUpdates } from './push-update.ts'

/** What a push is read from. */
export interface ReadPushOptions {
  /** The repository: a bare one, or the `.git` of one with a work tree. */
  readonly gitDir: string
  /** The lines of the `post-receive` hook. */
  readonly updates: readonly PushUpdate[]
  /** Passed through to the event. */
  readonly repository: Repository
  /** Passed through to the event: who pushed; null if nobody is known. */
  readonly actor: Account | null
  /** How much is read; see `PushDetail`. */
  readonly detail: PushDetail
  /** Passed through to the event, which is then emitted only once. */
  readonly id?: string
  /** The git executable, by path or by name. Tested with 2.39. @default 'git' */
  readonly git?: string
  /** Variables for git, over those of this process, of which none that begins with `GIT_` reaches it but GIT_EXEC_PATH. @default {} */
  readonly env?: Readonly<Record<string, string>>
  /** For all of git's work together, in ms, from 1 to 2,147,483,647. Then its processes are killed. @default 60_000 */
  readonly timeoutMs?: number
  /** Bytes of commits, tags and paths that may be kept; more fails with `git.output-too-large`. From 1 up. @default 268_435_456 */
  readonly maxBytes?: number
}

/** {@link ReadPushOptions} with every default, checked. */
export interface ResolvedReadPush {
  readonly updates: readonly PushUpdate[]
  readonly detail: PushDetail
  readonly session: GitSessionOptions
}

const defaults = Object.freeze({ git: 'git', timeoutMs: 60_000, maxBytes: 268_435_456 })

const maxTimerMs = 2_147_483_647

/**
 * @throws {GitError} `git.updates-invalid`
 * @throws {InvalidInputError} `option.invalid`
 */
export function resolveReadPushOptions(options: ReadPushOptions): ResolvedReadPush {
  const updates = parsePushUpdates(options.updates)
  const { maxCommits, maxChanges } = options.detail
  return {
    updates,
    detail: {
      maxCommits: integer('detail.maxCommits', maxCommits, 0),
      maxChanges: integer('detail.maxChanges', maxChanges, 0),
    },
    session: {
      gitDir: resolve(text('gitDir', options.gitDir)),
      git: text('git', options.git ?? defaults.git),
      env: toGitEnvironment(process.env, options.env ?? {}),
      timeoutMs: integer('timeoutMs', options.timeoutMs ?? defaults.timeoutMs, 1, maxTimerMs),
      maxBytes: integer('maxBytes', options.maxBytes ?? defaults.maxBytes, 1),
    },
  }
}

function text(field: string, value: string): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw invalid(
    field,
    `Expected \`${field}\` to be a path, got ${value === '' ? 'an empty string' : typeof value}.`,
  )
}

function integer(field: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`
  throw invalid(field, `Expected \`${field}\` to be an integer ${range}, got ${value}.`)
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}

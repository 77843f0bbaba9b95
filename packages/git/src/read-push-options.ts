import { basename, resolve } from 'node:path'
import {
  type Account,
  invalidOption,
  type PushDetail,
  parseInteger,
  parseMembers,
  type Repository,
} from '@posthorn/core'
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
  /** How much is read; see `PushDetail`. What an emitter's `interest` gives may stand here as it is: what else it says is passed over. */
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

/** All there are. */
export const readPushNames: readonly (keyof ReadPushOptions)[] = [
  'gitDir',
  'updates',
  'repository',
  'actor',
  'detail',
  'id',
  'git',
  'env',
  'timeoutMs',
  'maxBytes',
]

/** Those of `PushDetail`, and what the interest of an emitter has beside them. */
const detailNames = ['maxCommits', 'maxChanges', 'changedPaths', 'any', 'skipped']

const defaults = Object.freeze({ git: 'git', timeoutMs: 60_000, maxBytes: 268_435_456 })

const maxTimerMs = 2_147_483_647

const fromZero = { min: 0, max: Number.MAX_SAFE_INTEGER }

/**
 * @throws {GitError} `git.updates-invalid`
 * @throws {InvalidInputError} `option.invalid`, `option.unknown`
 */
export function resolveReadPushOptions(options: ReadPushOptions): ResolvedReadPush {
  parseMembers('', options, readPushNames)
  const updates = parsePushUpdates(options.updates)
  const { maxCommits, maxChanges, changedPaths = false } = parseMembers('detail', options.detail, detailNames)
  if (typeof changedPaths !== 'boolean') {
    throw invalidOption('detail.changedPaths', 'true or false', changedPaths)
  }
  return {
    updates,
    detail: {
      maxCommits: parseInteger('detail.maxCommits', maxCommits, fromZero),
      maxChanges: parseInteger('detail.maxChanges', maxChanges, fromZero),
      changedPaths,
    },
    session: {
      gitDir: resolve(text('gitDir', options.gitDir)),
      git: toExecutable(text('git', options.git ?? defaults.git)),
      env: toGitEnvironment(process.env, options.env ?? {}),
      timeoutMs: parseInteger('timeoutMs', options.timeoutMs ?? defaults.timeoutMs, {
        min: 1,
        max: maxTimerMs,
      }),
      maxBytes: parseInteger('maxBytes', options.maxBytes ?? defaults.maxBytes, { ...fromZero, min: 1 }),
    },
  }
}

/** A name is looked for in PATH. A path is the host's, and git is not started where the host is. */
function toExecutable(git: string): string {
  return basename(git) === git ? git : resolve(git)
}

function text(field: string, value: string): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw invalidOption(field, 'a path', value)
}

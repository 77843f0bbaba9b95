import { isZeroId } from '@posthorn/core'
import { GitError } from './errors.ts'
import { isObjectId } from './objects/object-id.ts'

/** One line of a `post-receive` hook: which ref went from where to where. */
export interface PushUpdate {
  /** The full name, such as `refs/heads/main`. */
  readonly ref: string
  /** 40 or 64 lower-case hexadecimal digits; all zeros if the ref was created. */
  readonly before: string
  /** The same; all zeros if the ref was deleted. */
  readonly after: string
}

/** Git forbids the control characters of ASCII only (git-check-ref-format), not U+0080 to U+009F. */
const refPattern = /^refs\/[^\p{Cc}--[\x80-\x9f]]+$/v

/**
 * Checks the lines of a hook, so that nothing else than object ids is ever handed to git.
 * @throws {GitError} `git.updates-invalid`, naming the value
 */
export function parsePushUpdates(input: unknown): readonly PushUpdate[] {
  if (!Array.isArray(input)) throw invalid(`Expected \`updates\` to be an array, got ${typeof input}.`)
  return input.map((value: unknown, index) => parseUpdate(value, `updates[${index}]`))
}

function parseUpdate(value: unknown, field: string): PushUpdate {
  if (typeof value !== 'object' || value === null) {
    throw invalid(`Expected \`${field}\` to be an object, got ${value === null ? 'null' : typeof value}.`)
  }
  const { ref, before, after } = value as Readonly<Record<string, unknown>>
  if (typeof ref !== 'string' || !refPattern.test(ref)) {
    throw invalid(
      `Expected \`${field}.ref\` to be a full ref name such as refs/heads/main, got ${describe(ref)}.`,
    )
  }
  const update = {
    ref,
    before: parseObjectId(before, `${field}.before`),
    after: parseObjectId(after, `${field}.after`),
  }
  if (isZeroId(update.before) && isZeroId(update.after)) {
    throw invalid(`Expected \`${field}\` to have an object id before or after, got zeros for both.`)
  }
  return update
}

function parseObjectId(value: unknown, field: string): string {
  if (typeof value !== 'string' || !isObjectId(value)) {
    throw invalid(
      `Expected \`${field}\` to be 40 or 64 lower-case hexadecimal digits, got ${describe(value)}.`,
    )
  }
  return value
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value
}

function invalid(message: string): GitError {
  return new GitError({ code: 'git.updates-invalid', message })
}

import { GitError } from '../errors.ts'

const objectIdPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Whether a text is a whole object id, of SHA-1 or SHA-256, in lower case. */
export function isObjectId(text: string): boolean {
  return objectIdPattern.test(text)
}

/**
 * The last check before git's input: ids come from hooks and out of objects that anybody may push.
 * @throws {GitError} `git.failed`
 */
export function checkObjectId(text: string): string {
  if (isObjectId(text)) return text
  throw new GitError({
    code: 'git.failed',
    message: `Expected an object id for git, got ${JSON.stringify(text.slice(0, 80))}.`,
  })
}

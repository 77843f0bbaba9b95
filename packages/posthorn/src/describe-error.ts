import { PosthornError } from '@posthorn/core'

/** An error as a log may hold it. */
export interface DescribedError {
  readonly name: string
  readonly code?: string
  /** Of our own errors only. */
  readonly message?: string
  /** Where it was thrown, innermost first. */
  readonly stack?: readonly string[]
  readonly cause?: DescribedError
}

/** Deeper causes than this say nothing new. */
const maxDepth = 4

/**
 * What a log may hold of an error. The messages of our own errors never quote a secret or the path of a URL; those of others are
 * anybody's text (a parser quotes what it could not parse), so of these name, code and places in the stack have to do.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: error === null ? 'null' : typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const stack = readPlaces(error)
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof PosthornError ? { message: error.message } : {}),
    ...(stack.length === 0 ? {} : { stack }),
    ...(error.cause === undefined || depth >= maxDepth
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  }
}

/** The lines behind the message. None if the stack does not begin with the message, as after somebody changed it. */
function readPlaces({ stack, message }: Error): readonly string[] {
  if (typeof stack !== 'string') return []
  const at = stack.indexOf(message)
  if (at === -1 || !/^[\w$]*(?: \[\w+\])?(?:: )?$/.test(stack.slice(0, at))) return []
  const lines = stack.slice(at + message.length).split('\n')
  return lines.filter((line) => /^ +at /.test(line)).map((line) => line.trim())
}

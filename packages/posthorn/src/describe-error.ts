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
 * anybody's text (a parser quotes what it could not parse), so of these name, code and places in the stack have to do. Never
 * throws: anything can be thrown, with members that throw when they are read.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  try {
    return error instanceof Error ? describe(error, depth) : { name: error === null ? 'null' : typeof error }
  } catch {
    return { name: 'unreadable' }
  }
}

function describe(error: Error, depth: number): DescribedError {
  const name = read(error, 'name')
  const code = read(error, 'code')
  const cause = read(error, 'cause')
  const stack = readPlaces(read(error, 'stack'), read(error, 'message'))
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof PosthornError ? { message: error.message } : {}),
    ...(stack.length === 0 ? {} : { stack }),
    ...(cause === undefined || depth >= maxDepth ? {} : { cause: describeError(cause, depth + 1) }),
  }
}

/** Undefined too if reading it throws. */
function read(error: Error, member: string): unknown {
  try {
    return Reflect.get(error, member)
  } catch {
    return undefined
  }
}

/** The lines behind the message. None if the stack does not begin with the message, as after somebody changed it. */
function readPlaces(stack: unknown, message: unknown): readonly string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return []
  const at = stack.indexOf(message)
  if (at === -1 || !/^[\w$]*(?: \[\w+\])?(?:: )?$/.test(stack.slice(0, at))) return []
  const lines = stack.slice(at + message.length).split('\n')
  return lines.filter((line) => /^ +at /.test(line)).map((line) => line.trim())
}

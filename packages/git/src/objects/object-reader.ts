import { GitError } from '../errors.ts'
import type { GitProcess } from '../process/git-process.ts'
import type { GitSession } from '../process/git-session.ts'
import { createLargeObject, type LargeObject } from './large-object.ts'
import { checkObjectId } from './object-id.ts'

/** An object as Git stores it. */
export interface RawObject {
  readonly hash: string
  /** The content; of a large object what is read of it, see `LargeObject`. */
  readonly bytes: Buffer
  /** Whether the message goes on behind `bytes`. */
  readonly isCut: boolean
}

/**
 * Bytes kept of one message; the rest is read and thrown away. Above the default cap of a body in every dialect, so that
 * nothing is cut here that would have fitted there.
 */
export const maxTextBytes: number = 1_048_576

/** Objects of up to this size are kept whole: a message, and headers with a signature or two. */
const maxWholeBytes = maxTextBytes + 65_536

const maxHeaderBytes = 1_024

/** The way from an id to the object that is wanted; see gitrevisions(7). */
export type ObjectPath = '^{commit}' | '^{tag}' | `~${number}`

/** Reads objects by name, any number of them with one process. */
export interface ObjectReader {
  /**
   * @param id checked once more
   * @param path what of it: `^{commit}` (tags peeled), `^{tag}` (itself a tag), or an ancestor such as `~3`
   * @returns null if there is no such object
   */
  read(id: string, path: ObjectPath): Promise<RawObject | null>
  /** Ends the process; resolves when it is gone. */
  end(): Promise<void>
}

interface Waiting {
  resolve(object: RawObject | null): void
  reject(error: unknown): void
}

interface Body {
  readonly hash: string
  readonly kept: Buffer[]
  /** Takes the place of `kept` if there is much to be left out. */
  readonly large: LargeObject | null
  /** With the newline behind the content. */
  leftBytes: number
}

/**
 * One `git cat-file --batch`, whose answers come in the order of the questions (git-cat-file(1), "Batch output"). It is started
 * by the first of them.
 */
export function openObjectReader(session: GitSession): ObjectReader {
  let reader: ObjectReader | null = null
  return {
    read: async (id, path) => {
      checkObjectId(id)
      reader ??= startObjectReader(session)
      return reader.read(id, path)
    },
    end: async () => {
      await reader?.end()
    },
  }
}

function toObject({ hash, kept, large }: Body): RawObject {
  if (large === null) return { hash, bytes: Buffer.concat(kept), isCut: false }
  return { hash, bytes: large.bytes(), isCut: large.isCut() }
}

function startObjectReader(session: GitSession): ObjectReader {
  const waiting: Waiting[] = []
  let nextWaiting = 0
  let header = ''
  let body: Body | null = null
  let failure: { readonly error: unknown } | null = null

  const process: GitProcess = session.start(['cat-file', '--batch'], (chunk) => {
    let offset = 0
    while (offset < chunk.length)
      offset = body === null ? takeHeader(chunk, offset) : takeBody(body, chunk, offset)
  })
  process.closed.then(
    () => fail(new GitError({ code: 'git.failed', message: 'git cat-file ended before it had answered.' })),
    fail,
  )

  function takeHeader(chunk: Buffer, offset: number): number {
    const end = chunk.indexOf(0x0a, offset)
    header += chunk.toString('latin1', offset, end === -1 ? chunk.length : end)
    if (header.length > maxHeaderBytes) {
      throw new GitError({ code: 'git.output-too-large', message: 'git cat-file printed an endless line.' })
    }
    if (end === -1) return chunk.length
    const [hash = '', , size] = header.split(' ')
    header = ''
    if (size === undefined) {
      answer(null)
      return end + 1
    }
    const bytes = Number(size)
    const large = bytes > maxWholeBytes ? createLargeObject(maxTextBytes) : null
    body = { hash, kept: [], large, leftBytes: bytes + 1 }
    return end + 1
  }

  function takeBody(current: Body, chunk: Buffer, offset: number): number {
    const end = offset + Math.min(current.leftBytes, chunk.length - offset)
    // The newline behind the content belongs to none of it.
    const part = chunk.subarray(offset, current.leftBytes === end - offset ? end - 1 : end)
    if (current.large !== null) session.keep(current.large.add(part))
    else if (part.length > 0) current.kept.push(part)
    current.leftBytes -= end - offset
    if (current.leftBytes === 0) {
      body = null
      answer(toObject(current))
    }
    return end
  }

  function answer(object: RawObject | null): void {
    waiting[nextWaiting]?.resolve(object)
    nextWaiting += 1
    if (nextWaiting === waiting.length) {
      waiting.length = 0
      nextWaiting = 0
    }
  }

  function fail(error: unknown): void {
    failure = { error }
    for (const call of waiting.splice(0).slice(nextWaiting)) call.reject(error)
  }

  return {
    read: (id, path) =>
      new Promise((resolve, reject) => {
        if (failure !== null) {
          reject(failure.error)
          return
        }
        waiting.push({ resolve, reject })
        process.write(`${id}${path}\n`)
      }),
    end: () => {
      process.end()
      return process.closed
    },
  }
}

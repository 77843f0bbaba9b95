import type { Commit, TagAnnotation } from '@posthorn/core'
import { decodeCutText, decodeText } from './decode-text.ts'
import { maxTextBytes, type RawObject } from './object-reader.ts'
import { parseIdentity, parseWalkSeconds } from './parse-identity.ts'

/** What a walk over history needs of a commit. */
export interface CommitNode {
  readonly hash: string
  readonly parents: readonly string[]
  /** The committer's date, in epoch seconds, as Git walks by it. */
  readonly committedAt: number
}

/** A commit object's place in history. */
export function parseCommitNode(object: RawObject): CommitNode {
  const { headers } = split(object)
  return {
    hash: object.hash,
    parents: parseParents(headers),
    committedAt: parseWalkSeconds(firstValue(headers, 'committer')?.toString('latin1') ?? ''),
  }
}

/** A whole commit object. */
export function parseCommit(object: RawObject): Commit {
  const { headers, message } = split(object)
  const encoding = firstValue(headers, 'encoding')?.toString('latin1') ?? null
  const readIdentity = (name: string) =>
    parseIdentity(decodeText(firstValue(headers, name) ?? Buffer.alloc(0), encoding))
  return {
    hash: object.hash,
    parents: parseParents(headers),
    author: readIdentity('author'),
    committer: readIdentity('committer'),
    message: toMessage(message, encoding, object.isCut),
  }
}

/** A whole tag object. */
export function parseTagAnnotation(object: RawObject): TagAnnotation {
  const { headers, message } = split(object)
  const encoding = firstValue(headers, 'encoding')?.toString('latin1') ?? null
  const tagger = firstValue(headers, 'tagger')
  return {
    message: toMessage(message, encoding, object.isCut),
    tagger: tagger === undefined ? null : parseIdentity(decodeText(tagger, encoding)),
  }
}

interface Header {
  readonly name: string
  readonly value: Buffer
}

interface Parts {
  readonly headers: readonly Header[]
  readonly message: Buffer
}

/** Headers of one line each, up to the first empty line. Lines that begin with a space go on with a signature. */
function split({ bytes }: RawObject): Parts {
  const headers: Header[] = []
  let start = 0
  while (start < bytes.length) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline === -1 ? bytes.length : newline
    if (end === start) return { headers, message: bytes.subarray(start + 1) }
    const space = bytes.indexOf(0x20, start)
    if (space > start && space < end) {
      headers.push({ name: bytes.toString('latin1', start, space), value: bytes.subarray(space + 1, end) })
    }
    start = end + 1
  }
  return { headers, message: Buffer.alloc(0) }
}

function parseParents(headers: readonly Header[]): readonly string[] {
  return headers.filter(({ name }) => name === 'parent').map(({ value }) => value.toString('latin1'))
}

function firstValue(headers: readonly Header[], name: string): Buffer | undefined {
  return headers.find((header) => header.name === name)?.value
}

/** Git reads messages as C strings, which end at a NUL; `git commit` writes none. */
function toMessage(bytes: Buffer, encoding: string | null, isCut: boolean): string {
  const end = bytes.indexOf(0)
  const text = end === -1 ? bytes : bytes.subarray(0, end)
  const isWhole = text.length <= maxTextBytes && (end !== -1 || !isCut)
  return isWhole ? decodeText(text, encoding) : decodeCutText(text.subarray(0, maxTextBytes), encoding)
}

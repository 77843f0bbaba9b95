import type { Commit, TagAnnotation } from '@posthorn/core'
import type { CommitNode } from './commit-node.ts'
import { decodeCutText, decodeText } from './decode-text.ts'
import { isObjectId } from './object-id.ts'
import { maxTextBytes, type RawObject } from './object-reader.ts'
import { parseIdentity, parseWalkSeconds } from './parse-identity.ts'

/**
 * A commit object's place in history, which Git reads by where lines stand (`parse_commit_buffer` in commit.c): parents are those
 * right behind the tree, and the date is none unless an author and a committer come next.
 */
export function parseCommitNode(object: RawObject): CommitNode {
  const { headers } = split(object)
  const parents = parseParents(object, headers)
  const [author, committer] = headers.slice(1 + parents.length)
  const isDated = author?.name.startsWith('author') && committer?.name.startsWith('committer')
  const date = isDated ? committer?.value?.toString('latin1') : undefined
  return { hash: object.hash, parents, committedAt: parseWalkSeconds(date ?? '') }
}

/** A whole commit object. */
export function parseCommit(object: RawObject): Commit {
  const { headers, message } = split(object)
  const encoding = firstValue(headers, 'encoding')?.toString('latin1') ?? null
  // Of two the last one, unlike of any other header (`parse_commit_header` in pretty.c).
  const readIdentity = (name: string) =>
    parseIdentity(decodeText(lastValue(headers, name) ?? Buffer.alloc(0), encoding))
  return {
    hash: object.hash,
    parents: parseParents(object, headers),
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
  /** Null without a space behind the name: to Git such a line is none of that name (`find_commit_header` in commit.c). */
  readonly value: Buffer | null
}

interface Parts {
  readonly headers: readonly Header[]
  readonly message: Buffer
}

/**
 * Headers of one line each, up to the first empty line. Lines that begin with a space, which go on with a signature, have an empty
 * name: what stands behind them is not right behind what stands before.
 */
function split({ bytes }: RawObject): Parts {
  const headers: Header[] = []
  let start = 0
  while (start < bytes.length) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline === -1 ? bytes.length : newline
    if (end === start) return { headers, message: bytes.subarray(start + 1) }
    const space = bytes.indexOf(0x20, start)
    const nameEnd = space === -1 || space > end ? end : space
    const value = nameEnd === end ? null : bytes.subarray(nameEnd + 1, end)
    headers.push({ name: bytes.toString('latin1', start, nameEnd), value })
    start = end + 1
  }
  return { headers, message: Buffer.alloc(0) }
}

/** A line elsewhere that calls itself a parent, or holds no id of the repository's format, is none. */
function parseParents({ hash }: RawObject, headers: readonly Header[]): readonly string[] {
  if (headers[0]?.name !== 'tree') return []
  const parents: string[] = []
  for (const { name, value } of headers.slice(1)) {
    if (name !== 'parent' || value?.length !== hash.length) break
    // Git reads capitals too.
    const id = value.toString('latin1').toLowerCase()
    if (!isObjectId(id)) break
    parents.push(id)
  }
  return parents
}

function firstValue(headers: readonly Header[], name: string): Buffer | undefined {
  return headers.find((header) => isNamed(header, name))?.value ?? undefined
}

function lastValue(headers: readonly Header[], name: string): Buffer | undefined {
  return headers.findLast((header) => isNamed(header, name))?.value ?? undefined
}

function isNamed(header: Header, name: string): boolean {
  return header.name === name && header.value !== null
}

/** Git reads messages as C strings, which end at a NUL; `git commit` writes none. */
function toMessage(bytes: Buffer, encoding: string | null, isCut: boolean): string {
  const end = bytes.indexOf(0)
  const text = end === -1 ? bytes : bytes.subarray(0, end)
  const isWhole = text.length <= maxTextBytes && (end !== -1 || !isCut)
  return isWhole ? decodeText(text, encoding) : decodeCutText(text.subarray(0, maxTextBytes), encoding)
}

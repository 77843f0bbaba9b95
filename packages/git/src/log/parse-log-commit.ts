import type { Commit, Identity } from '@posthorn/core'
import type { CommitNode } from '../objects/commit-node.ts'
import { decodeCutText, decodeText } from '../objects/decode-text.ts'
import { toEpochMs, toWalkSeconds } from '../objects/parse-identity.ts'

const placeholders = ['%H', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%e', '%B']

/** For `git log --format`: every field ends with a NUL. The message is the last one. */
export const logFormat: string = placeholders.map((placeholder) => `${placeholder}%x00`).join('')

export const logFieldCount: number = placeholders.length

/** Which of them the ids of the parents are; the first one is 1. */
export const parentsField: number = placeholders.indexOf('%P') + 1

/** A commit as the log tells it. */
export interface LogCommit {
  readonly node: CommitNode
  /** Whether the date is the one that Git walks by: that of an identity that breaks its rules is not told. */
  readonly isDated: boolean
  /**
   * Null where the log tells it otherwise than it is stored: Git converts what is not in UTF-8 by its own lights, and says
   * nothing of an identity that has no date.
   */
  readonly commit: Commit | null
}

/** A commit from its fields, in the order of {@link logFormat}. */
export function parseLogCommit(fields: readonly Buffer[], isMessageCut: boolean): LogCommit {
  const [hash, parentList, name, mail, at, committer, committerMail, committedAt, encoding, message] = fields
  const parents = parentList?.length ? toAscii(parentList).split(' ') : []
  const [authorDate, commitDate] = [toAscii(at), toAscii(committedAt)]
  const node = { hash: toAscii(hash), parents, committedAt: toWalkSeconds('', commitDate) }
  // An address with brackets in it ends elsewhere for the walk than for the log; without an author a walk knows no date.
  const isDated = authorDate !== '' && commitDate !== '' && committerMail?.includes('<') !== true
  if (authorDate === '' || commitDate === '' || encoding?.length) return { node, isDated, commit: null }
  return {
    node,
    isDated,
    commit: {
      hash: node.hash,
      parents,
      author: toIdentity(name, mail, authorDate),
      committer: toIdentity(committer, committerMail, commitDate),
      message: isMessageCut ? decodeCutText(message ?? none, null) : decodeText(message ?? none, null),
    },
  }
}

const none: Buffer = Buffer.alloc(0)

function toAscii(field = none): string {
  return field.toString('latin1')
}

function toIdentity(name = none, mail = none, seconds: string): Identity {
  return { name: decodeText(name, null), emailAddress: decodeText(mail, null), at: toEpochMs(seconds) }
}

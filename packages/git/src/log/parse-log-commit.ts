import type { Commit, Identity } from '@posthorn/core'
import { decodeCutText, decodeText } from '../objects/decode-text.ts'
import { toEpochMs } from '../objects/parse-identity.ts'
import type { CommitNode } from '../objects/parse-object.ts'

const placeholders = ['%H', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%e', '%B']

/** For `git log --format`: every field ends with a NUL. The message is the last one. */
export const logFormat: string = placeholders.map((placeholder) => `${placeholder}%x00`).join('')

export const logFieldCount: number = placeholders.length

/** A commit as the log tells it. */
export interface LogCommit {
  readonly node: CommitNode
  /**
   * Null where the log tells it otherwise than it is stored: Git converts what is not in UTF-8 by its own lights, and says
   * nothing of an identity that has no date.
   */
  readonly commit: Commit | null
}

/** A commit from its fields, in the order of {@link logFormat}. */
export function parseLogCommit(fields: readonly Buffer[], isMessageCut: boolean): LogCommit {
  const [hash = '', parentList = '', , , authoredAt = '', , , committedAt = '', encoding = ''] = fields.map(
    (field, index) => (index < messageIndex ? field.toString('latin1') : ''),
  )
  const parents = parentList === '' ? [] : parentList.split(' ')
  const node = { hash, parents, committedAt: toEpochMs(committedAt) / 1_000 }
  if (authoredAt === '' || committedAt === '' || encoding !== '') return { node, commit: null }
  const message = fields[messageIndex] ?? Buffer.alloc(0)
  return {
    node,
    commit: {
      hash,
      parents,
      author: toIdentity(fields, authorIndex, authoredAt),
      committer: toIdentity(fields, committerIndex, committedAt),
      message: isMessageCut ? decodeCutText(message, null) : decodeText(message, null),
    },
  }
}

const authorIndex = placeholders.indexOf('%an')
const committerIndex = placeholders.indexOf('%cn')
const messageIndex = placeholders.indexOf('%B')

function toIdentity(fields: readonly Buffer[], index: number, seconds: string): Identity {
  const [name, emailAddress] = fields.slice(index, index + 2).map((field) => decodeText(field, null))
  return { name: name ?? '', emailAddress: emailAddress ?? '', at: toEpochMs(seconds) }
}

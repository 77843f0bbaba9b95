import type { Commit, FileChange, Identity, Page } from './commit.ts'
import { parseAccount } from './parse-entities.ts'
import { boolean, objectId, oneOf, percent, text, time } from './scalars.ts'
import { list, nullable, optional, type Parser, shape } from './shape.ts'

export const parseIdentity: Parser<Identity> = shape<Identity>({
  name: text,
  emailAddress: text,
  at: time,
  account: optional(parseAccount),
})

const parseFileChange = shape<FileChange>({
  kind: oneOf('add', 'modify', 'delete', 'move', 'copy'),
  path: text,
  sourcePath: nullable(text),
  contentId: objectId,
  nodeType: oneOf('file', 'symlink', 'submodule'),
  isExecutable: boolean,
  wasExecutable: boolean,
  similarity: nullable(percent),
})

export const parseCommit: Parser<Commit> = shape<Commit>({
  hash: objectId,
  parents: list(objectId),
  author: parseIdentity,
  committer: parseIdentity,
  message: text,
  changes: optional(pageOf(parseFileChange)),
})

/** The beginning of a list. */
export function pageOf<Item>(parseItem: Parser<Item>): Parser<Page<Item>> {
  return shape<Page<Item>>({ values: list(parseItem), hasMore: boolean })
}
